"""Questions: a perspective in, a frozen answer out; they read the read tables and change nothing (spec 3.1)."""
