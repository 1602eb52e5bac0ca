"""How answers are worded on the screens, beside what `ledger.cli.words` already words for everybody."""

from __future__ import annotations

from ledger.domain.terms import Severity
from ledger.locale import _

_TONES = {Severity.CRITICAL: "over", Severity.HIGH: "overdue", Severity.MEDIUM: "vacant"}


def balance(vacancies: int | None) -> tuple[str, str]:
    """`vacant 12`, `over 2`, `full`, and the tone that repeats it; nothing where no number was ever approved."""
    if vacancies is None:
        return "-", "faint"
    if vacancies > 0:
        return _("vac {number}").format(number=vacancies), "vacant"
    if vacancies < 0:
        return _("over {number}").format(number=-vacancies), "over"
    return _("full"), ""


def days(number: int) -> str:
    """`!22 days`; nothing for none. The mark says it without colour too."""
    return _("!{number} d").format(number=number) if number else ""


def severity_tone(severity: Severity) -> str:
    """The tone of an alert; none for the lightest."""
    return _TONES.get(severity, "")
