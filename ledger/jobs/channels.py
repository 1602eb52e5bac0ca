"""How a message leaves: to an address by apprise (extra `notify`, imported only here), or as a file in a folder.

An address is a secret: it comes from an environment variable and is never shown, logged or kept.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ledger.persistence.deliveries import Delivery, DeliveryState
from ledger.settings import Recipient

READ_SECONDS = 20
CONNECT_SECONDS = 4
"""Whoever does not answer in these has not been reached; who does not answer in READ_SECONDS may have been."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending. `problem`: one word, without any address."""

    state: DeliveryState
    problem: str | None = None


class Channels:
    """The ways out. `folder`: where files go where there is no address, or no apprise."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
        self._folder, self._environment = folder, environment

    def of(self, recipient: Recipient) -> str:
        """`address` or `folder`."""
        return "address" if recipient.url_env is not None and find_spec("apprise") is not None else "folder"

    def send(self, recipient: Recipient, message: Delivery) -> Outcome:
        """Send a message and tell what came of it; nothing is raised."""
        try:
            if message.channel == "folder":
                return self._to_folder(message)
            address = self._environment.get(recipient.url_env or "")
            return Outcome("failed", "no_address") if not address else _by_apprise(address, message)
        except Exception as error:  # noqa: BLE001  whatever a channel raises, the message has failed
            return Outcome("failed", type(error).__name__)

    def _to_folder(self, message: Delivery) -> Outcome:
        """A file under the number of the message: sent again, it is the same file."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{message.id:06d}.txt"
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{message.recipient}\n{message.title}\n\n{message.body}\n")
        part.replace(path)
        return Outcome("sent")


def _by_apprise(address: str, message: Delivery) -> Outcome:
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # its lines hold addresses
    post = apprise.Apprise()
    if not post.add(address):
        return Outcome("failed", "bad_address")
    for server in post:
        server.socket_connect_timeout, server.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    result = post.notify(title=message.title, body=message.body)
    if result:
        return Outcome("sent")
    late = result.elapsed >= READ_SECONDS
    return Outcome("unknown", "no_answer") if late else Outcome("failed", result.status.name.lower())
