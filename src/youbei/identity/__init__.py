"""Asking an outside identity provider who somebody is. Knows no tables and no pages."""
