"""Letters into a folder: each is kept with its alerts before it lies there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from ledger.application.workdays import WorkingDays
from ledger.bootstrap import Ledger
from ledger.domain.acts import AlertLetterMade
from ledger.domain.refusals import Refused
from ledger.domain.time import Perspective
from ledger.locale import N_
from ledger.queries.alerts import AlertLine
from ledger.reports.letters import MADE, Letter, LetterKind, compose, digest, render
from ledger.reports.press import letter_pdf

PROBLEMS: Mapping[str, str] = {
    "no_secondment": N_("Alert {alert} is not about a secondment running on that date: there is no letter for it."),
    "no_longer_true": N_("What alert {alert} says no longer holds on that date: there is nothing to write."),
}
"""Reason of `CannotWrite` -> what the officer is told."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """`kind`: otherwise what suits the finding; `issuer`: who signs; `templates`: otherwise those beside the ledger."""

    kind: LetterKind | None = None
    issuer: str | None = None
    templates: Path | None = None
    pdf: bool = False
    """Whether each letter is written as PDF too; `fonts`: a folder of typefaces for it."""
    fonts: Path | None = None


NO_WISHES = Wishes()


def post(
    ledger: Ledger,
    p: Perspective,
    alerts: Sequence[AlertLine],
    folder: Path,
    calendar: WorkingDays,
    wishes: Wishes = NO_WISHES,
) -> list[tuple[Path, Letter]] | Refused:
    """Write the letters about some alerts, each under a name of its own.

    Refused where something has become of an alert since it was looked at, such as another's letter. Cut off at any
    point and begun again, it writes no letter twice and loses none. Raises CannotWrite, WrongUsage where a PDF cannot
    be made, OSError.
    """
    composed = compose(ledger, p, alerts, calendar, kind=wishes.kind, issuer=wishes.issuer)
    own = wishes.templates if wishes.templates is not None else beside(ledger)
    folder.mkdir(parents=True, exist_ok=True)
    _finish(ledger, folder)
    seen = {one.alert.id: one.alert.position for one in alerts}
    made: list[tuple[Path, Letter]] = []
    for one in composed:
        content = render(one, own)
        printed = letter_pdf(content, wishes.fonts) if wishes.pdf else None
        path = _free(folder / one.file_name)
        draft = path.with_name(_draft(path.name, sha256 := digest(content)))
        if printed is not None:
            write_private(_printed(draft), printed)
        write_private(draft, content)  # a letter that does not fit the disk is not told of as made
        done = ledger.letter_made({alert: seen[alert] for alert in one.alerts}, one.kind.value, path.name, sha256)
        if isinstance(done, Refused):
            draft.unlink(missing_ok=True)
            _printed(draft).unlink(missing_ok=True)
            return done
        _publish(draft, path)
        made.append((path, one))
    return made


def _draft(name: str, sha256: str) -> str:
    """The name of a letter until it is told of as made."""
    return f".{name}.{sha256[:12]}.part"


def _printed(draft: Path) -> Path:
    """The draft of the letter's PDF, if it gets one."""
    return draft.with_suffix(".pdf")


def _publish(draft: Path, path: Path) -> None:
    """Give a letter and its PDF their names, the letter last: until then `_finish` takes both for unfinished."""
    for written, named in ((_printed(draft), path.with_suffix(".pdf")), (draft, path)):
        with suppress(FileNotFoundError):  # there is no PDF, or somebody else has finished it
            written.replace(named)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, as all that holds personal data. Raises OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def _free(path: Path) -> Path:
    """The path itself, or with a number where a letter lies there, if only as PDF: none is ever overwritten."""
    numbered = (path.with_stem(f"{path.stem} {number}") for number in count(2))
    return next(one for one in chain([path], numbered) if not one.exists() and not one.with_suffix(".pdf").exists())


def _finish(ledger: Ledger, folder: Path) -> None:
    """Put drafts in their place that were told of as made by a program that ended before it could."""
    drafts = sorted(folder.glob(".*.part"))
    if not drafts:
        return
    with ledger.store.read() as conn:
        acts = [one.event.entry for one in ledger.store.of_topics(conn, [MADE], 0)]
    told = {_draft(act.file, act.sha256): act.file for act in acts if isinstance(act, AlertLetterMade)}
    for draft in drafts:
        if draft.name in told:
            _publish(draft, folder / told[draft.name])


def beside(ledger: Ledger) -> Path | None:
    """The folder `templates` beside a ledger that is a file."""
    shown_at = ledger.store.storage()
    return Path(shown_at.shown).parent / "templates" if shown_at.dialect == "sqlite" else None
