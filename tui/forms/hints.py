"""How a field is filled in, said below the fields while the caret is in it."""

from __future__ import annotations

from ledger.locale import N_, _
from tui.forms.fields import Field, Kind
from tui.forms.offers import Offer
from tui.forms.preview import Line

_HOW: dict[Kind, tuple[str, ...]] = {
    "person": (N_("Number, name, or pinyin initials. Enter takes the only one that fits."),),
    "unit": (N_("Code, name, or pinyin initials. Enter takes the only one that fits; F3 lists all."),),
    "entry": (N_("Position (no.) or id of the entry; or a person, to choose from their entries."),),
    "date": (N_("20220701  2022-7-1  2022年7月1日  今 (today)  +30  月底 (end of the month)"),),
    "last_day": (
        N_("A last day as in dates, or a term: 6m  1y  +30 ; counted from the start."),
        N_("open (or 无期限): no end. A month alone, 2022-12, is its last day."),
    ),
    "number": (N_("A whole number."),),
    "signed": (N_("A whole number; with - to take away."),),
    "list": (N_("Several are separated by 、 or ;"),),
    "pairs": (N_("name=value; name=value"),),
}
_SEVERAL = N_("Several people under one document: a comma after each.")


def document_words(people: int, entries: int) -> str:
    """Whether a number that is known already means the same document; empty for one that is new."""
    if people:
        return _("used for {count} people already: the same document?").format(count=people)
    return _("used for {count} entries already: the same document?").format(count=entries) if entries else ""


def hint_lines(one: Field, offer: Offer | None, *, empty: bool) -> list[Line]:
    """At most four lines."""
    lines = [Line(" " + _(text), "faint") for text in _HOW.get(one.kind, ())]
    if one.many:
        lines.append(Line(" " + _(_SEVERAL), "faint"))
    if offer is not None and empty:
        lines.insert(0, Line(" " + _("Enter takes: {offer}").format(offer=offer.shown), "strong"))
    return lines
