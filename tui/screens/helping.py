"""F1: the keys that act on the screen below, read from the live bindings, so that the help cannot be out of date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.screen import ActiveBinding  # type: ignore[attr-defined]  # Textual names it nowhere else

from ledger.locale import N_, _
from tui import keys
from tui.screens.base import LedgerScreen
from tui.widgets.table import Column, LedgerTable, Row

COLUMNS = (
    Column("key", N_("Key"), 16),
    Column("what", N_("What it does"), 24, grow=True),
    Column("others", N_("Also"), 26),
)


class Help(LedgerScreen):
    """One line for each action that has a key here."""

    def __init__(self, active: Mapping[str, ActiveBinding]) -> None:
        super().__init__()
        self.table = LedgerTable(COLUMNS, id="help")
        self._rows = list(rows_of(active))

    def body(self) -> ComposeResult:
        """The list."""
        yield self.table

    def on_mount(self) -> None:
        """Show it."""
        self.status.subject = _("Help")
        self.table.show(range(len(self._rows)), lambda ids: [self._rows[index] for index in ids])


def rows_of(active: Mapping[str, ActiveBinding]) -> Sequence[Row]:
    """The lines: by group, in the order of the key tables; full-width forms are not repeated."""
    by_id: dict[str, list[str]] = {}
    for name, one in active.items():
        if one.binding.id and name not in keys.FULL_WIDTH.values():
            by_id.setdefault(one.binding.id, []).append(keys.named(name))
    rows: list[Row] = []
    group = ""
    for key in sorted(keys.ALL, key=lambda one: list(keys.GROUPS).index(one.group)):
        if key.id not in by_id:
            continue
        if key.group != group:
            group = key.group
            rows.append(Row(len(rows), {"key": _(group)}, tones={"*": "strong"}))
        first, *others = by_id[key.id]
        rows.append(Row(len(rows), {"key": first, "what": _(key.label), "others": " ".join(others)}, 1))
    return rows
