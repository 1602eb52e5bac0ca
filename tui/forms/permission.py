"""Why nothing can be recorded just now; every form, menu and key says the same sentence."""

from __future__ import annotations

from collections.abc import Collection

from ledger.locale import _, term
from tui.host import Host

RECORDERS = frozenset({"officer", "admin", "open_to_all"})
"""Roles that may record."""
ALERT_KEEPERS = RECORDERS | {"alert_admin"}
"""Roles that may do something about alerts."""


def why_not(host: Host, roles: Collection[str] = RECORDERS) -> str:
    """A sentence with what to do; empty where recording is possible."""
    standing = host.standing
    if host.broken:
        return _("The chain is broken: nothing is recorded until it has been looked into (sledger verify).")
    if standing is not None and standing.read_only:
        return _("This ledger can only be read here: nothing is recorded.")
    role = getattr(standing, "role", "open_to_all")
    if role not in roles:
        return _("The role {role} records nothing: ask an officer.").format(role=term("role", role))
    if host.where.is_history:
        return _("You are looking at the past (read only): press = to come back to the present, then record.")
    return ""
