"""Materials and equipment: the ledger, what to take first, what to rotate and test, what is needed and what lacks."""
