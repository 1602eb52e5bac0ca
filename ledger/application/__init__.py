"""Recording: an entry comes in, a receipt or a refusal goes out (spec 3.1)."""

from ledger.application.recording import Receipt, Recording, Warned

__all__ = ["Receipt", "Recording", "Warned"]
