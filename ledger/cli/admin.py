"""`sledger admin`: who may do what, and what only few may see."""

from __future__ import annotations

from ledger.cli.base import group
from ledger.cli.id_numbers import id_number
from ledger.locale import N_

COMMANDS = {
    "admin": group("admin", N_("Who may do what, and the rights behind it."), id_number),
}
