"""The ways into a form: a key, a draft, an entry to take back or to correct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ledger.locale import _
from tui.forms.catalogue import BY_ID
from tui.forms.drafts import Draft
from tui.forms.form import FormFields
from tui.forms.host import FormHost
from tui.forms.screen import FormScreen
from tui.forms.state import FormState
from tui.permission import why_not

if TYPE_CHECKING:
    from datetime import date


def present_of(host: FormHost) -> date | None:
    """The day offered as effective date: today; in a ledger with a simulated clock, the day its story ends."""
    standing = host.standing
    return standing.last_on if standing is not None and standing.simulated else None


def open_form(
    host: FormHost,
    form: str,
    values: Mapping[str, object] | None = None,
    *,
    again: bool = False,
    instead: bool = False,
) -> None:
    """Open a form; with `values` it is filled in and closes after its entry.

    `again`: with what the last one shared. `instead`: in the place of the screen in front, which is not painted again.
    """
    if form not in BY_ID:
        raise KeyError(form)
    state = FormState.blank(form)
    state.fill(values or {})
    if again:
        state.share(host.forms.again(form))
    _show(host, state, stays=not values, instead=instead)


def open_correction(host: FormHost, ref: int, content: Mapping[str, object]) -> None:
    """Open the form of a recorded entry, to put a changed one in its place 更正."""
    _show(host, FormState.to_correct(ref, content), stays=False)


def open_reversal(host: FormHost, ref: int) -> None:
    """Open the form that takes an entry out of effect 冲正."""
    open_form(host, "reverse", {"entry": ref})


def open_draft(host: FormHost, draft: Draft) -> None:
    """Go on with a draft."""
    _show(host, draft.state(), stays=False)


def _show(host: FormHost, state: FormState, *, stays: bool, instead: bool = False) -> None:
    forbidden = why_not(host)
    if forbidden:
        host.notify(forbidden, timeout=8)
        return
    host.show(FormScreen(state, host.forms, stays=stays, present=present_of(host)), instead=instead)


def reverse_last(host: FormHost) -> None:
    """Take back what was recorded last in this run; a form, with its typed confirmation."""
    done = host.forms.done
    if isinstance(host.screen, FormFields) and host.screen.state.touched:
        host.notify(_("A form is open: Esc leaves it and keeps its draft."), timeout=4)
    elif not done:
        host.notify(_("Nothing was recorded yet since the program started; F2 0 reverses any entry."), timeout=6)
    else:
        open_reversal(host, done[-1].position)
