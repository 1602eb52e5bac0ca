"""Recording: an entry comes in, a receipt or a refusal goes out (spec 3.1)."""

from ledger.application.limits import Warned
from ledger.application.recording import Receipt, Recording

__all__ = ["Receipt", "Recording", "Warned"]
