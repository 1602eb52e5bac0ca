"""The read tables: bitemporal rows kept in the write transaction, and rebuilt at will (spec 3.2.4)."""
