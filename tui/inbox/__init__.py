"""The alerts inbox: what is told, what is done about it, and who was told."""
