"""Files and formats: what comes into the ledger and what goes out."""
