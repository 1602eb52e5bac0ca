"""Why nothing can be recorded just now; every form, menu and key says the same sentence.

The application layer refuses by itself what a role forbids; this says so before anybody types.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.locale import _, term
from tui.host import Host

ENTRIES, ALERTS = "entries", "alerts"
"""What may be written: entries, and what is done about alerts."""
MAY: Mapping[str, frozenset[str]] = {
    ENTRIES: frozenset({"officer", "admin", "open_to_all"}),
    ALERTS: frozenset({"officer", "admin", "open_to_all", "alert_admin"}),
}
"""The roles that may."""


def why_not(host: Host, what: str = ENTRIES) -> str:
    """A sentence with what to do; empty where recording is possible."""
    standing = host.standing
    if host.broken:
        return _("The chain is broken: nothing is recorded until it has been looked into (sledger verify).")
    if standing is not None and standing.read_only:
        return _("This ledger can only be read here: nothing is recorded.")
    role = "open_to_all" if standing is None else standing.role
    if role == "none":
        return _("Nobody has given you a role in this ledger: ask its admin. You may look at everything.")
    if role not in MAY[what]:
        return _("The role {role} records nothing: ask an officer.").format(role=term("role", role))
    if host.where.is_history:
        return _("You are looking at the past (read only): press = to come back to the present, then record.")
    return ""
