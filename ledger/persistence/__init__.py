"""Where events are kept: one gapless, hash-chained log on SQLite or PostgreSQL (spec 3.2.1)."""
