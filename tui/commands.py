"""All that can be done on the screen in front, for the palette."""

from __future__ import annotations

from typing import Any, cast

from textual.app import App
from textual.dom import DOMNode

from ledger.locale import _
from tui import keys
from tui.forms.catalogue import FORMS
from tui.host import Host
from tui.permission import ENTRIES, MAY, why_not
from tui.reports.catalogue import REPORTS
from tui.screens.palette import Command


def commands(app: App[Any]) -> list[Command]:
    """Every action that can be run on the screen in front, those that have no key, every form and every report."""
    found: dict[str, Command] = {}
    forbidden = {what for what in MAY if why_not(cast(Host, app), what)}

    def add(key: keys.Key, shown: str, node: DOMNode) -> None:
        dim = key.writes in forbidden
        command = Command(key.id, _(key.label), key.label, key.initials, shown, key.action, node, dim=dim)
        found.setdefault(key.id, command)

    for name, active in app.screen.active_bindings.items():
        key = keys.BY_ID.get(active.binding.id or "")
        if key is not None and active.enabled:
            add(key, keys.named(name), active.node)
    for key in keys.EVERYWHERE:
        if not key.keys:
            add(key, "", app)
    ordered = [found[key.id] for key in keys.ALL if key.id in found]
    for form in FORMS:
        english = form.label or form.type.replace("_", " ")
        action, shown = f"app.record('{form.id}')", f"F2 {form.digit}".strip()
        dim = ENTRIES in forbidden
        ordered.append(Command(f"form.{form.id}", form.title, english, form.initials, shown, action, app, dim=dim))
    for one in REPORTS.values():
        action = f"app.reports('{one.id}')"
        ordered.append(Command(f"report.{one.id}", _(one.title), one.title, one.initials, "F8", action, app))
    return ordered
