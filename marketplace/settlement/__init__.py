"""Settlement: the double-entry money ledger, kept balances, and what each cooperative is owed."""
