"""What widgets, workers and screens say to one another; nobody calls into a neighbour."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from textual.message import Message

from tui.where import Where


class Answered(Message):
    """A worker brought an answer; the screen's handler paints it, if nothing newer was asked meanwhile."""

    def __init__(self, topic: str, ticket: int, answer: Any, paint: Callable[[Any], None]) -> None:
        super().__init__()
        self.topic, self.ticket, self.answer, self.paint = topic, ticket, answer, paint


class Failed(Message):
    """A worker could not answer."""

    def __init__(self, topic: str, ticket: int, error: Exception) -> None:
        super().__init__()
        self.topic, self.ticket, self.error = topic, ticket, error


class LedgerMoved(Message):
    """Entries were recorded since the last look, by whomever; `position` is the newest."""

    def __init__(self, position: int) -> None:
        super().__init__()
        self.position = position


class WhereChanged(Message):
    """The two dates that every screen asks at are others now."""

    def __init__(self, where: Where) -> None:
        super().__init__()
        self.where = where


class RowMessage(Message):
    """Something happened to a row of a table."""

    def __init__(self, table: Any, row: Hashable) -> None:
        super().__init__()
        self.table, self.row = table, row

    @property
    def control(self) -> Any:
        """The table, so that `@on(..., "#id")` works."""
        return self.table


class RowPointed(RowMessage):
    """The cursor came to a row."""


class RowOpened(RowMessage):
    """Enter or a second click on a row."""


class RowFolded(RowMessage):
    """A branch of a tree is to be folded or unfolded."""

    def __init__(self, table: Any, row: Hashable, *, unfold: bool) -> None:
        super().__init__(table, row)
        self.unfold = unfold


class SortAsked(Message):
    """A click on the title of a column."""

    def __init__(self, table: Any, column: str) -> None:
        super().__init__()
        self.table, self.column = table, column

    @property
    def control(self) -> Any:
        """The table."""
        return self.table
