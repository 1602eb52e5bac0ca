"""Where a life stands: the end of a timeline, as one small text (decision 0018).

Whatever is stated of a later day than anything before changes only what is still open. So the writer reads one row
of a person instead of every entry, and looks at the entries only where one comes late or is put right.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json, to_json

from ledger.domain.entries import SecondmentStarted
from ledger.domain.periods import (
    DescriptionPeriod,
    Told,
    charge_of,
    post_of,
    posts_held,
    stay_of,
    told,
)
from ledger.domain.person import (
    Description,
    Extension,
    Leave,
    PersonState,
    Position,
    Secondment,
    Spell,
    Step,
    Timeline,
)
from ledger.domain.terms import Establishment
from ledger.domain.time import FOREVER
from ledger.persistence.trusted import builder

_ESTABLISHMENT = {kind.value: kind for kind in Establishment}
_started = builder(SecondmentStarted)


def standing_text(timeline: Timeline) -> str:
    """The last step of a timeline, and since when what is open in it has been so; empty of an empty one."""
    if not timeline.steps:
        return ""
    day, cause, state = timeline.steps[-1]
    charges, posts, descriptions, _ = told(timeline)
    charged = charges[-1] if state.unit is not None else None
    since = {(one.cause, one.unit): one.d_from for one in posts if one.d_to == FOREVER}
    found: tuple[Any, ...] = (
        day,
        cause,
        None if charged is None else (charged.d_from, charged.cause),
        [since[held.key, unit] for held, unit in posts_held(state)],
        descriptions[-1].d_from,
        *state,
    )
    return to_json(found, exclude_none=True).decode()


def standing_of(text: str) -> Timeline:
    """The timeline of a text: not whole, unless nothing is stated at all."""
    if not text:
        return Timeline()
    day, cause, charged, posts, described, *kept = from_json(text)
    unit, establishment, charged_since, hired_on, away, leave, positions, description = kept
    secondment = None
    if away is not None:
        key, position, started, entry, until, extensions = away
        longer = tuple(Extension(*one) for one in extensions)
        secondment = Secondment(key, position, started, _started(entry), until, longer)
    facts = Description(*description)
    state = PersonState(
        unit,
        None if establishment is None else _ESTABLISHMENT[establishment],
        charged_since,
        hired_on,
        secondment,
        None if leave is None else Leave(*leave),
        tuple(Position(*held) for held in positions),
        facts,
    )
    spells = () if secondment is None else (Spell(secondment, FOREVER, None, None),)
    found = Told(
        () if charged is None else (charge_of(Step(charged[0], charged[1], state), FOREVER),),
        tuple(
            post_of(held, place, begun, FOREVER) for (held, place), begun in zip(posts_held(state), posts, strict=True)
        ),
        (DescriptionPeriod(described, FOREVER, facts),),
        tuple(map(stay_of, spells)),
    )
    return Timeline((Step(day, cause, state),), spells, whole=False, told=found)
