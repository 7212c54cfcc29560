"""Sheets: tables that people keep in Excel or as text, read and written. Knows registers, and no database."""
