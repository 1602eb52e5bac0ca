"""Secondment Ledger: an event-sourced, bitemporal personnel ledger."""
