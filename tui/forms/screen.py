"""Recording from a form: the preview, what forbids recording, typed confirmation, and what others did meanwhile."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from rich.cells import cell_len
from textual import on

from ledger.application import Receipt
from ledger.cli.parsing import reference
from ledger.cli.words import content_of
from ledger.domain.faults import LedgerBusy
from ledger.domain.refusals import Refused
from ledger.domain.time import SHANGHAI
from ledger.locale import _, term
from ledger.locale.sentences import remedy, sentence
from ledger.queries.log import LogLine
from tui.forms import lookup, writing
from tui.forms.catalogue import DOCUMENT
from tui.forms.fields import Field
from tui.forms.form import FormFields
from tui.forms.hints import document_words
from tui.forms.memory import Done, FormMemory
from tui.forms.preview import Line, heading, lowers_quota, preview_lines, refusal_lines
from tui.forms.refusing import field_of
from tui.forms.rows import FormInput, Preview
from tui.forms.state import FormState
from tui.forms.values import Problem
from tui.forms.writing import Declined, Overtaken, Recorded, Tried
from tui.messages import Failed, LedgerMoved
from tui.naming import UNIT_KEYS
from tui.permission import why_not

DELAY = 0.06
"""Seconds without a key before the preview is asked for."""


class FormScreen(FormFields):
    """See the module. `stays`: after an entry the form is emptied for the next one; else it closes."""

    def __init__(self, state: FormState, memory: FormMemory, *, stays: bool = True, present: Any = None) -> None:
        super().__init__(state, memory, present)
        self.stays = stays
        self.tried: Tried | None = None
        self.overtaken: tuple[LogLine, ...] = ()
        self.last_told = ""
        self.original: LogLine | None = None
        """The entry to be taken out of effect."""
        self._document = ("", "")
        """A document's number, and what is to be said of it."""
        self._since: int | None = None
        self._looking = False
        self._judging = False
        self._committing = False

    # ---- the preview

    def opened_at(self, position: int) -> None:
        """What others record from here on is told."""
        self._since = position

    def look(self) -> None:
        """Ask what recording would change, once nothing is typed for a moment."""
        self.tried = None
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if not self.is_mounted or self._committing:
            return
        if self.state.missing() or self.state.problems() or self._asks_which:
            self.show_preview(self._incomplete())
            self._show_confirm()
            return
        self._timer = self.set_timer(DELAY, self._try)
        self.show_preview([Line(_("Looking at what it would change .."), "faint")])

    @property
    def _asks_which(self) -> bool:
        """Whether this form only asks which entry is to be corrected."""
        return self.state.spec.type == "corrected"

    def go_on(self, field: FormInput) -> None:
        """Enter: to the next field; from the question which entry, to that entry's form."""
        if self._asks_which and self.state.settled("entry"):
            ref = reference(self.state.picked["entry"][0].code)
            self.ask(lambda port: lookup.to_correct(port, ref), self._open_original, "facts")
        else:
            super().go_on(field)

    def _open_original(self, found: tuple[int, Mapping[str, Any]]) -> None:
        self.memory.drafts.drop(self.state.entry_id)
        state = FormState.to_correct(*found)
        self.app.switch_screen(FormScreen(state, self.memory, stays=False, present=self.known.present))

    @property
    def at_rest(self) -> bool:
        """No look at the ledger is due or under way."""
        return self._timer is None and not self._looking and not self._judging and not self._committing

    def _incomplete(self) -> list[Line]:
        if self._asks_which and self.state.settled("entry"):
            return [Line(_("Enter opens this entry, to put a changed one in its place."), "strong")]
        if not self.state.touched and self.last_told:
            return [Line(self.last_told, "strong")]
        labels = {one.key: one.label for one in self.state.fields}
        missing = [labels[key] for key in self.state.missing()]
        lines = [Line(_("Still needed: {fields}").format(fields=_(", ").join(missing)), "faint")] if missing else []
        wrong = {key: told for key, told in self.state.problems().items() if key != self.current}
        return lines + [Line(f"x {labels[key]}: {told}", "over") for key, told in wrong.items()]

    def show_preview(self, lines: Sequence[Line]) -> None:
        """Show lines below the edge, and what they are on it."""
        self.preview.show(lines)
        self.show_edge()

    @on(Preview.Moved)
    def show_edge(self) -> None:
        """What the preview holds, counted, and whether some of it lies below the last line of the screen."""
        words = heading(None if self.tried is None else self.tried.effect)
        if self._judging:
            words += "  " + _("looking for findings ..")
        text, below = f"-- {words} ", self.preview.below
        more = (" " + _("{count} more below: PgDn").format(count=below) + " --") if below else ""
        line = "-" * max(self.size.width - cell_len(text) - cell_len(more) - 2, 0)
        self.edge.show([Line(f"{text}{line}{more}", "faint")])

    def _entries(self) -> list[dict[str, Any]] | None:
        try:
            return None if self.state.missing() else self.state.entries()
        except Problem:
            return None

    def _try(self) -> None:
        self._timer = None
        entries = self._entries()
        if entries is None:
            return
        since, own = self._since, self.memory.own_ids
        self._looking = True
        target = entries[0].get("entry") if entries[0]["type"] in ("reversed", "corrected") else None

        def question(port: Any) -> tuple[Tried, LogLine | None]:
            tried = writing.try_entries(port, entries, since, own)
            missing = target is None or (
                isinstance(tried.effect.result, Refused) and tried.effect.result.code == "unknown_entry"
            )
            return tried, None if missing else port.ledger.line(target)

        self.ask(question, self._tried, "preview")

    def _tried(self, answer: tuple[Tried, LogLine | None]) -> None:
        tried, self.original = answer
        self._looking = False
        if tried.entries != self._entries():
            return  # typed on meanwhile: the next look is under way
        self.tried = tried
        self.overtaken = tried.others
        result = tried.effect.result
        self.blamed.clear()
        if isinstance(result, Refused):
            key = field_of(result, self.state)
            if key:
                self.blamed[key] = _told(tried)[0]
        elif result.warnings and not self.state.texts.get("note", "").strip():
            self.blamed["note"] = _("Give the reason in the note.")
        if isinstance(result, Receipt) and not result.already_recorded:
            self._judge(tried)
        self.show_preview(self._preview(tried))
        self._show_confirm()
        self.paint()

    def _judge(self, tried: Tried) -> None:
        """The numbers are shown at once; the findings, which take longer, when they are there."""
        since, own, entries = self._since, self.memory.own_ids, tried.entries
        self._judging = True
        self.ask(lambda port: writing.try_entries(port, entries, since, own, findings=True), self._judged, "findings")

    def _judged(self, tried: Tried) -> None:
        self._judging = False
        if self.tried is not None and tried.entries == self._entries():
            self.tried = tried
            self.overtaken = tried.others
            self.show_preview(self._preview(tried))
            self._show_confirm()
        self.paint()

    def _preview(self, tried: Tried) -> list[Line]:
        width = self.preview.size.width or self.size.width
        result = tried.effect.result
        lines = preview_lines(tried.told, self.state.day, width - 2)
        if isinstance(result, Refused) and len(tried.entries) > 1:
            person = self.state.picked["person"][tried.effect.index]
            lines.insert(0, Line(f"{person.name} ({person.code}):", "over"))
        if self.overtaken:
            lines.insert(0, Line(f"! {self._told_overtaken()}", "over"))
        return lines

    def about(self) -> str:
        """Why nothing can be recorded here, if so; else how the person stands, in full."""
        life = self.known.life
        return why_not(self.ours) or ("" if life is None else life.about)

    # ---- the document

    def changed(self, *, keep: bool = True) -> None:
        """As in every form; and a document's number is looked for among those recorded."""
        super().changed(keep=keep)
        number = self.state.texts.get(DOCUMENT, "").strip()
        if number and number != self._document[0]:
            self._document = (number, "")
            self.ask(lambda port: lookup.used_for(port, number), partial(self._known_document, number), "document")

    def _known_document(self, number: str, used: tuple[int, int]) -> None:
        if self._document[0] == number:
            self._document = (number, document_words(*used))
            self.paint()

    def _meaning(self, one: Field) -> Line:
        number, words = self._document
        if one.key == DOCUMENT and words and self.state.texts.get(DOCUMENT, "").strip() == number:
            return Line(words, "vacant")
        return super()._meaning(one)

    # ---- confirmation by typing

    @property
    def to_confirm(self) -> str:
        """What has to be typed before this is recorded; empty for ordinary entries."""
        tried = self.tried
        if tried is None or isinstance(tried.effect.result, Refused):
            return ""
        if len(tried.entries) > 1:
            return str(len(tried.entries))
        if self.state.ref is not None or self.state.spec.confirmed or lowers_quota(tried.effect):
            return _last_four(self._subject(tried.entries[0]))
        return ""

    def _subject(self, entry: Mapping[str, Any]) -> str:
        content = entry if self.original is None else _inner(self.original.content)
        for key in ("person", *UNIT_KEYS):
            if isinstance(content.get(key), str):
                return str(content[key])
        return str(self.original.position) if self.original is not None else "1"

    def _show_confirm(self) -> None:
        wanted = bool(self.to_confirm)
        if self.confirm.display != wanted:
            self.confirm.display = wanted
            if not wanted and self.focused is self.confirm:
                self.focus_first()
            self.paint()

    def confirm_meaning(self) -> list[Line]:
        """The number of people, or the last four of a number or code."""
        if not self.confirm.display:
            return []
        several = self.tried is not None and len(self.tried.entries) > 1
        return [Line(_("the number of people") if several else _("last 4 of the number or code"), "strong")]

    def other_hints(self) -> Sequence[Line]:
        """What to type to confirm; and the last word before recording."""
        if not self.to_confirm:
            return (Line(" " + _("Ctrl+S records what is shown below; Enter does nothing here."), "faint"),)
        if self.tried is not None and len(self.tried.entries) > 1:
            return (Line(" " + _("To confirm, type the number of people."), "strong"),)
        lines = [
            Line(
                " " + _("To confirm, type the last four characters of the number or code, in full if shorter."),
                "strong",
            )
        ]
        if self.original is not None:
            told = [f"#{self.original.position}", term("entry", self.original.type), content_of(self.original.content)]
            lines.append(Line(" " + " ".join(told)))
        return lines

    # ---- recording

    def action_record(self) -> None:
        """Record what the preview shows, if nothing stands in the way; else say what does."""
        self.caught_up()
        if self._committing:
            return
        told = self._obstacle()
        if told is not None:
            key, words = told
            self.say(words)
            field = self.inputs.get(key) or (self.confirm if key == self.confirm.key else None)
            if field is not None:
                self.set_focus(field)
            return
        assert self.tried is not None
        self._committing = True
        self._looking = True
        self.ask(partial(writing.commit, tried=self.tried, own=self.memory.own_ids), self._recorded, "commit")

    def _obstacle(self) -> tuple[str, str] | None:
        """(field, sentence) of the first thing that stands in the way."""
        forbidden = why_not(self.ours)
        if forbidden:
            return "", forbidden
        labels = {one.key: one.label for one in self.state.fields}
        for key, words in self.state.problems().items():
            return key, f"{labels[key]}: {words}"
        for key in self.state.missing():
            return key, _("Still needed: {fields}").format(fields=labels[key])
        if self.overtaken:
            return "", self._told_overtaken()
        if self.tried is None:
            return "", _("What it would change is not there yet: look at it, then press Ctrl+S again.")
        result = self.tried.effect.result
        if isinstance(result, Refused):
            return field_of(result, self.state), " ".join(_told(self.tried))
        if result.warnings and "note" in self.inputs and not self.state.texts.get("note", "").strip():
            return "note", _("This goes over a quota: give the reason in the note.")
        wanted = self.to_confirm
        if wanted and _plain(self.confirm.value) != _plain(wanted):
            return self.confirm.key, self.other_hints()[0].text.strip()
        return None

    def _told_overtaken(self) -> str:
        line = self.overtaken[-1]
        at = datetime.fromisoformat(line.recorded_at).astimezone(SHANGHAI)
        words = _("{officer} recorded at {time}: {what}. Your form is kept. F5: look at it anew.")
        what = " ".join([term("entry", line.type), content_of(line.content)])
        return words.format(officer=line.recorded_by, time=f"{at:%H:%M}", what=what)

    def _recorded(self, outcome: Recorded | Declined | Overtaken) -> None:
        self._committing = False
        self._looking = False
        if isinstance(outcome, Overtaken):
            self.overtaken = outcome.others
            self.say(self._told_overtaken())
        elif isinstance(outcome, Declined):
            key = field_of(outcome.refused, self.state)
            self.blamed = {key: sentence(outcome.told)} if key else {}
            self.tried = None
            self.show_preview(list(refusal_lines(outcome.told)))
            self.say(sentence(outcome.told), remedy(outcome.told))
            self.paint()
        else:
            self._done(outcome)

    def _done(self, outcome: Recorded) -> None:
        state = self.state
        names = ", ".join(one.name for one in state.picked.get(state.spec.subject, []))
        words = " ".join(part for part in (state.title, names) if part)
        self.memory.done += [Done(one.position, one.id, words) for one in outcome.receipts]
        self.memory.remember(state)
        self.memory.drafts.drop(state.entry_id)
        last = outcome.receipts[-1]
        if last.already_recorded:
            told = _("It was recorded already, as no. {position}; nothing was added.").format(position=last.position)
        elif len(outcome.receipts) > 1:
            first = outcome.receipts[0].position
            told = _("Recorded as no. {first} to {last}: {words}. Ctrl+Z reverses the last one.")
            told = told.format(first=first, last=last.position, words=words)
        else:
            told = _("Recorded as no. {position}: {words}. Ctrl+Z reverses it.")
            told = told.format(position=last.position, words=words)
        self.app.notify(told, timeout=8)
        if self.stays:
            self._empty(told)
        else:
            self.app.pop_screen()

    def _empty(self, told: str) -> None:
        """The form again, for the next entry."""
        self.state = FormState.blank(self.state.spec.id)
        self.known.life = self.known.host = None
        self.tried, self.original, self.overtaken, self.saved = None, None, (), ""
        self._since = self.memory.done[-1].position
        self._document = ("", "")
        self.blamed.clear()
        self.confirm.value = ""
        self.confirm.display = False
        self.put_texts(self.inputs)
        self.last_told = told
        self.changed(keep=False)
        self.focus_first()

    # ---- other keys

    def action_again(self) -> None:
        """The same document, unit and dates as the entry before; then the next person."""
        self.caught_up()
        for key, offer in list(self.offers.items()):
            one = self.state.field(key)
            if one is not None and not self.state.texts.get(key) and not self.state.picked.get(key):
                if offer.picked is not None:
                    self.state.pick(key, offer.picked)
                else:
                    self.state.type(key, offer.text)
                self.put_texts([key])
        self.changed()
        self.focus_first()

    def action_look_again(self) -> None:
        """F5: what others recorded is seen; look at the preview as it is now."""
        self.overtaken = ()
        self.say("")
        self.ask(lambda port: port.newest(), self._look_from, "facts")

    def _look_from(self, position: int) -> None:
        self._since = position
        self.look()

    def action_leave_form(self) -> None:
        """Esc: the draft stays."""
        kept = self.state.touched and bool(self.saved)
        self.app.pop_screen()
        if kept:
            self.app.notify(_("The draft is kept: F2 lists it."), timeout=4)

    # ---- following

    def on_ledger_moved(self, message: LedgerMoved) -> None:
        """Somebody recorded: the preview is looked at again."""
        if not self._committing:
            self.look()

    def on_failed(self, message: Failed) -> None:
        """Say it; whatever was typed stays, and Ctrl+S may be pressed again: nothing is recorded twice."""
        if message.topic == "commit":
            self._committing = False
        self._judging = False
        self._looking = False

    def tell(self, error: Exception, more: str = "") -> None:
        """As everywhere; where others were recording all the time, what can be done now."""
        again = _("Ctrl+S or F5 tries again; Esc leaves, and the draft is kept.")
        super().tell(error, again if isinstance(error, LedgerBusy) else more)


def _inner(content: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = content.get("replacement")
    return inner if isinstance(inner, Mapping) else content


def _last_four(code: str) -> str:
    return code[-4:]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _told(tried: Tried) -> tuple[str, str]:
    result = tried.told.result
    return (sentence(result), remedy(result)) if isinstance(result, Refused) else ("", "")
