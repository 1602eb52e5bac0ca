"""What a screen may expect of the application it runs in; the application itself knows the screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from textual.screen import Screen

from tui.port import Port, Standing
from tui.where import Where

if TYPE_CHECKING:
    from ledger.queries.alerts import AlertLine


class Host(Protocol):
    """The state that all screens share, and the few things they ask for."""

    port: Port
    where: Where
    standing: Standing | None
    officer_shown: str
    broken: str
    chain: str
    user_keys: Mapping[str, tuple[str, ...]]

    def use_keys(self, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """Let actions have the keys a user chose."""

    def speak(self, language: str) -> None:
        """Speak another language from now on."""

    def use_ledger(self, port: Port) -> None:
        """Work on another ledger from now on."""

    def verify_chain(self, done: Callable[[], None]) -> None:
        """Check the chain in a worker; `chain` then says what was found, and `done` is called."""

    def go_to(self, where: Where) -> None:
        """Ask at other dates from now on."""

    def show(self, screen: Screen[Any], *, instead: bool = False) -> None:
        """Put a screen on top, or in the place of the one in front."""

    def show_subject(self, kind: str, code: str) -> None:
        """Open the page of a `person` or `unit`."""

    def show_alert(self, line: AlertLine, names: Mapping[str, str]) -> None:
        """Open an alert with its acts; `names`: unit -> name."""

    def open_form(self, form: str, values: Mapping[str, object] | None = None) -> None:
        """Open a form, filled in where `values` (key of the entry -> value) says so; it says why if it may not."""

    def log_fault(self, error: BaseException) -> str:
        """Write a fault of the program to its log; the sentence for the screen."""
