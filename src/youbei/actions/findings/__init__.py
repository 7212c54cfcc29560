"""Findings: record what is wrong, cure it, let others accept, change plans by drafts, retest, tell who is late."""
