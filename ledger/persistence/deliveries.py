"""Messages to recipients, one row each: committed before it is sent, with what came of it (issue: telling people)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, func, select, update

from ledger.persistence.schema import delivery
from ledger.persistence.writing import WriteUnit

DeliveryState = Literal["sending", "sent", "failed", "unknown"]
DELIVERY_STATES: tuple[DeliveryState, ...] = ("sending", "sent", "failed", "unknown")
MINUTE = 60_000_000
LONGEST = 360 * MINUTE
"""A message that failed is tried again after one minute, two, four … at most six hours."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message. `state`: `sending` until its outcome is known, `unknown` where the program ended before that.

    `repeated`: whether it was sent again although its outcome was unknown. Instants in microseconds UTC.
    """

    id: int
    recipient: str
    unit: str
    channel: str
    upto: int
    alerts: tuple[int, ...]
    title: str
    body: str
    state: DeliveryState
    attempts: int
    repeated: bool
    created_at: int
    tried_at: int
    sent_at: int | None
    problem: str | None

    def may_try(self, now: int) -> bool:
        """Whether a message that failed has waited long enough."""
        return now >= self.tried_at + min(MINUTE << min(self.attempts - 1, 10), LONGEST)


def _delivery(row: Any) -> Delivery:
    told = row._asdict()
    return Delivery(**{**told, "alerts": tuple(json.loads(told["alerts"])), "repeated": bool(told["repeated"])})


def deliveries(conn: Connection, recipient: str | None = None) -> list[Delivery]:
    """All messages, in the order in which they were written."""
    query = select(delivery).order_by(delivery.c.id)
    if recipient is not None:
        query = query.where(delivery.c.recipient == recipient)
    return [_delivery(row) for row in conn.execute(query)]


def last_delivery(conn: Connection, recipient: str, unit: str) -> Delivery | None:
    """The newest message to a recipient about a unit."""
    mine = (delivery.c.recipient == recipient, delivery.c.unit == unit)
    row = conn.execute(select(delivery).where(*mine).order_by(delivery.c.id.desc()).limit(1)).first()
    return None if row is None else _delivery(row)


def write_delivery(
    unit: WriteUnit, to: tuple[str, str, str], upto: int, alerts: Sequence[int], text: tuple[str, str]
) -> Delivery:
    """A new message about to be sent. `to`: recipient, unit, channel. `text`: title and body."""
    now = unit.recorded_at
    number = (unit.conn.execute(select(func.max(delivery.c.id))).scalar() or 0) + 1
    made = Delivery(
        number, *to, upto, tuple(alerts), *text, "sending", 1, repeated=False,
        created_at=now, tried_at=now, sent_at=None, problem=None,
    )  # fmt: skip
    columns = {name: getattr(made, name) for name in made.__slots__}
    unit.conn.execute(delivery.insert(), {**columns, "alerts": json.dumps(list(alerts)), "repeated": 0})
    return made


def try_again(unit: WriteUnit, number: int, channel: str, *, repeated: bool) -> None:
    """A message is about to be sent once more; `repeated`: although nobody knows whether it has arrived."""
    row = delivery.c.id == number
    values = {"state": "sending", "attempts": delivery.c.attempts + 1, "tried_at": unit.recorded_at, "channel": channel}
    unit.conn.execute(update(delivery).where(row).values(values | ({"repeated": 1} if repeated else {})))


def conclude(unit: WriteUnit, number: int, state: DeliveryState, problem: str | None) -> None:
    """What came of a message. A success that was recorded stays one."""
    row = (delivery.c.id == number, delivery.c.state != "sent")
    sent_at = unit.recorded_at if state == "sent" else None
    unit.conn.execute(update(delivery).where(*row).values(state=state, problem=problem, sent_at=sent_at))


def troubled(conn: Connection) -> int:
    """How many recipients' last message failed, or has an outcome that nobody knows."""
    last = select(func.max(delivery.c.id)).group_by(delivery.c.recipient, delivery.c.unit)
    query = select(func.count()).where(delivery.c.id.in_(last), delivery.c.state.in_(("failed", "unknown")))
    return conn.execute(query).scalar() or 0
