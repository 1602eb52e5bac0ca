"""Forms: how an officer records. Generated from the entry types; `catalogue.py` is the data."""
