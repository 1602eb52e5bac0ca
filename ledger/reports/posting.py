"""Letters into a folder: each is kept with its alerts before it lies there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.application.workdays import WorkingDays
from ledger.bootstrap import Ledger
from ledger.domain.refusals import Refused
from ledger.domain.time import Perspective
from ledger.locale import N_
from ledger.queries.alerts import AlertLine
from ledger.reports.letters import Letter, LetterKind, compose, digest, render
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
    """Write the letters about some alerts.

    Raises CannotWrite, WrongUsage where a PDF cannot be made, OSError.
    """
    composed = compose(ledger, p, alerts, calendar, kind=wishes.kind, issuer=wishes.issuer)
    own = wishes.templates if wishes.templates is not None else beside(ledger)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for one in composed:
        content = render(one, own)
        printed = letter_pdf(content, wishes.fonts) if wishes.pdf else None
        path = folder / one.file_name
        draft = path.with_name(f".{path.name}.part")
        draft.write_bytes(content)  # a letter that does not fit the disk is not told of as made
        done = ledger.letter_made(one.alerts, one.kind.value, path.name, digest(content))
        if isinstance(done, Refused):
            draft.unlink()
            return done
        draft.replace(path)
        if printed is not None:
            path.with_suffix(".pdf").write_bytes(printed)
        made.append((path, one))
    return made


def beside(ledger: Ledger) -> Path | None:
    """The folder `templates` beside a ledger that is a file."""
    shown_at = ledger.store.storage()
    return Path(shown_at.shown).parent / "templates" if shown_at.dialect == "sqlite" else None
