"""Materials and equipment as pages: reserves, gaps, what is due, the needs calculator, the ledger of a lot."""
