"""What forms expect of the application, beyond what every screen does."""

from __future__ import annotations

from typing import Any, Protocol, cast

from textual.screen import Screen

from tui.forms.memory import FormMemory
from tui.host import Host


class FormHost(Host, Protocol):
    """See the module."""

    @property
    def forms(self) -> FormMemory:
        """What the forms of this run remember."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen in front."""

    def notify(self, message: str, **more: Any) -> None:
        """A short word in the corner."""


def as_form_host(host: Host) -> FormHost:
    """The same application, as forms know it."""
    return cast(FormHost, host)
