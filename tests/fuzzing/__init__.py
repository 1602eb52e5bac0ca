"""Strangers' bytes, given to every parser."""
