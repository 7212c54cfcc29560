"""Signing in: password or passkey or identity provider, then the second factor; and the link for a first password."""
