"""What is done with materials: every verb is a movement in the ledger, and the lot's row shows what it comes to."""
