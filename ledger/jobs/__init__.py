"""What a ledger does by the clock: the daily scan, and telling people (spec 3.2.6)."""
