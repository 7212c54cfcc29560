"""Accounts as administrators look at them: who there is, what each may do and why, and what must be put right."""
