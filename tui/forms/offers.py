"""What a form offers in an empty field. Enter takes it; nothing is ever taken in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tui.dates import told
from tui.forms.lookup import Life
from tui.forms.state import FormState, Picked


@dataclass(frozen=True, slots=True)
class Offer:
    """A text to be typed, or something to be picked. `shown`: how it stands in the empty field."""

    shown: str
    text: str = ""
    picked: Picked | None = None


@dataclass(slots=True)
class Known:
    """What is known while a form is filled in. `present`: today; in a simulated ledger the day its story ends."""

    present: date
    months: int = 0
    life: Life | None = None
    host: Picked | None = None


def offers(state: FormState, again: Mapping[str, str | Picked], known: Known) -> dict[str, Offer]:
    """Key -> offer. What the last entry held comes before what the ledger knows."""
    found: dict[str, Offer] = {}
    for one in state.fields:
        last = again.get(one.key)
        if isinstance(last, Picked):
            found[one.key] = Offer(last.name, picked=last)
        elif last:
            found[one.key] = Offer(last, text=last)
        else:
            offer = _offer(state.spec.offers.get(one.key, ""), known)
            if offer is not None:
                found[one.key] = offer
    if state.spec.id == "convert" and known.host is not None:
        found["unit"] = Offer(known.host.name, picked=known.host)
    return found


def _offer(name: str, known: Known) -> Offer | None:
    if name == "today":
        return Offer(told(known.present), text=known.present.isoformat())
    if name == "term" and known.months:
        return Offer(f"{known.months}m", text=f"{known.months}m")
    if name == "host" and known.host is not None:
        return Offer(known.host.name, picked=known.host)
    return None


def starts(state: FormState, known: Known) -> dict[str, date]:
    """What short forms of a last day count from: an extension goes on where the term ends."""
    life = known.life
    if state.spec.type != "secondment_extended" or life is None or life.until is None:
        return {}
    return {"until": life.until + timedelta(days=1)}
