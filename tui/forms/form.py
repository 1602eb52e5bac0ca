"""A form on the screen: fields with their meanings, hints, and the preview of what recording would change.

Enter goes on and never records; Ctrl+S records what the preview shows. Every change is kept as a draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Input

from ledger.locale import _
from tui import keys
from tui.forms import lookup
from tui.forms.catalogue import capital
from tui.forms.fields import PICKED, Field
from tui.forms.hints import hint_lines
from tui.forms.memory import FormMemory
from tui.forms.offers import Known, Offer, offers, starts
from tui.forms.picking import Hits, choice_lines, choices, plain_query
from tui.forms.preview import Line
from tui.forms.rows import SEPARATORS, FormInput, Hints, Labels, Lines, Preview
from tui.forms.state import FormState, Picked
from tui.forms.values import Problem
from tui.port import Port
from tui.screens.base import LedgerScreen
from tui.where import today
from tui.widgets.detail import Detail

CONFIRM = "confirm"
REMOTE = frozenset({"person", "unit", "entry"})
"""Kinds that the ledger is asked for."""
UNPAINTED = 0.1
"""Seconds a form that opens waits for what the ledger knows, so that it is painted once and not three times."""
WIDE = 100
"""Cells from which fields are wider."""


class FormFields(LedgerScreen):
    """Filling in; what is recorded and how is `tui.forms.screen`."""

    AUTO_FOCUS = ""
    types_at_once = True
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(keys.FORM)]

    def __init__(self, state: FormState, memory: FormMemory, present: date | None = None) -> None:
        super().__init__()
        self.state = state
        self.memory = memory
        self.known = Known(present or today())
        self.hits = Hits()
        self.current = ""
        self.head = Detail(id="form-head")
        self.labels, self.meanings, self.hints = Labels(id="labels"), Lines(id="meanings"), Hints(id="hints")
        self.preview = Preview()
        self.edge = Lines(id="edge")
        self.inputs = {one.key: FormInput(one.key, many=one.many) for one in state.fields}
        self.confirm = FormInput(CONFIRM)
        self.saved = ""
        self.blamed: dict[str, str] = {}
        """Key -> the sentence with which the ledger refused."""
        self.said = ("", "")
        """Stands above the keys until the officer does something; answers that arrive do not wipe it away."""
        self.offers: dict[str, Offer] = {}
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        """The fields in three columns, the hints, the preview."""
        self.hold_paint(UNPAINTED)
        self.set_class(self.app.size.width >= WIDE, "wide")  # before there is anything to style anew
        yield self.head
        with VerticalScroll(id="fields", can_focus=False), Horizontal(id="rows"):
            yield self.labels
            yield Vertical(*self.inputs.values(), self.confirm, id="inputs")
            yield self.meanings
        yield self.hints
        yield self.edge
        yield self.preview

    def on_mount(self) -> None:
        """Fill in what is there, and ask what the form needs to know; the classes above mount by themselves."""
        self.status.subject = self.state.title
        self.confirm.display = False
        self.put_texts(self.inputs)
        self._settle_offers()
        day, codes = self.day, self._codes()
        self.ask(lambda port: lookup.facts(port, day, codes), partial(self._informed, codes), "facts")
        self.focus_first()

    def put_texts(self, wanted: Iterable[str]) -> None:
        """Bring fields in line with the state; never one that was not changed here, as somebody may be typing there."""
        for key in wanted:
            field = self.inputs[key]
            text = self.state.texts.get(key, "")
            if field.value != text:
                field.value = text
                field.cursor_position = len(text)

    def focus_first(self) -> None:
        """To the first field that is needed and empty, else to the first."""
        missing = self.state.missing()
        keys_ = missing or [one.key for one in self.state.fields]
        self.set_focus(self.inputs[keys_[0]])

    @property
    def day(self) -> date:
        """The day people and units are looked up on: the effective date, once it is there."""
        return self.state.day or self.known.present

    # ---- what the ledger knows

    def _codes(self) -> lookup.Codes:
        """Fields that hold codes without names: key -> (kind, codes)."""
        return {
            one.key: (one.kind, [each.code for each in picked])
            for one in self.state.fields
            if one.kind in REMOTE and (picked := self.state.picked.get(one.key))
        }

    def _informed(self, codes: lookup.Codes, facts: tuple[int, int, dict[str, list[Picked]]]) -> None:
        self.opened_at(facts[0])
        self.known.months = facts[1]
        for key, picked in facts[2].items():
            if [one.code for one in self.state.picked.get(key, [])] == codes[key][1]:
                self.state.pick(key, *picked)
                self.put_texts([key])
        self._ask_life()
        self.changed(keep=False)
        self.release_paint()

    def opened_at(self, position: int) -> None:
        """The ledger's end when the form opened."""

    def _ask_life(self) -> None:
        people = self.state.people
        day = self.day
        if len(people) == 1:
            code = people[0]
            self.ask(lambda port: lookup.life_and_host(port, day, code), self._lived, "life")
        elif self.known.life is not None:
            self.known.life = self.known.host = None
            self.changed(keep=False)

    def _lived(self, answer: tuple[lookup.Life | None, Picked | None]) -> None:
        self.known.life, self.known.host = answer
        life = self.known.life
        picked = self.state.picked.get("person")
        if life is not None and picked and picked[0].code == life.person:
            self.state.picked["person"] = [Picked(life.person, picked[0].name, life.about)]
        self.changed(keep=False)

    # ---- typing

    def on_input_changed(self, event: Input.Changed) -> None:
        """A key was typed."""
        if isinstance(event.input, FormInput):
            self.typed(event.input)

    def typed(self, field: FormInput) -> None:
        """Look for what fits, keep the draft, look again at what it would change."""
        one = self.state.field(field.key)
        if one is None or not self.state.type(one.key, field.value):
            return
        self.say("")
        self.blamed.pop(one.key, None)
        if one.kind in REMOTE:
            self._search(one, ends=one.many and field.value.rstrip(" ").endswith(tuple(SEPARATORS)))
        elif one.key == "effective_on" and self.state.people:
            self._ask_life()
        self.hits.pointer = None if self.hits.key != one.key else self.hits.pointer
        self.changed()

    def caught_up(self) -> FormInput | None:
        """The field with the caret; what stands in it is what the form goes by."""
        self.say("")
        field = self.focused
        if not isinstance(field, FormInput):
            return None
        self.typed(field)
        return field

    def _search(self, one: Field, *, ends: bool = False, everything: bool = False) -> None:
        text = self.state.texts.get(one.key, "")
        query = plain_query(text)
        if ends and self.state.picked.get(one.key) and not query:
            return
        hits = self.hits = Hits(one.key, text, taking=ends)
        if not query and not everything:
            hits.answered = not ends
            return
        day = self.day
        unit = next((each.code for each in self.state.picked.get("unit", [])), "")
        is_grant = one.kind == "entry" and self.state.spec.type == "quota_cancelled"

        def search(port: Port) -> list[Picked]:
            if is_grant:
                return [each for each in lookup.grants(port, unit) if query in f"{each.name} {each.about}".lower()]
            found = {"person": lookup.people, "unit": lookup.units}.get(one.kind)
            return lookup.entries(port, query) if found is None else found(port, day, query)

        self.ask(search, partial(self._found, hits), f"hits.{one.key}")

    def _found(self, hits: Hits, found: list[Picked]) -> None:
        hits.found, hits.answered = found, True
        if hits.taking and self.state.texts.get(hits.key, "") == hits.text:
            self.take(hits)
        self.paint()

    def take(self, hits: Hits) -> bool:
        """Take what is meant without doubt; False where nothing is."""
        meant = hits.meant
        one = self.state.field(hits.key)
        if meant is None or one is None:
            hits.taking = False
            self.changed(keep=False)
            return False
        ended = hits.text.rstrip().endswith(tuple(SEPARATORS))
        if one.many and (ended or one.key in self.state.listing):
            self.state.add(one.key, meant)
        else:
            self.state.pick(one.key, meant)
        self.taken(one.key)
        return True

    def taken(self, key: str) -> None:
        """A field was filled by picking."""
        if self.hits.key in ("", key):
            self.hits = Hits(key, self.state.texts.get(key, ""), answered=True)
        self.blamed.pop(key, None)
        self.put_texts([key])
        if key == "person":
            self._ask_life()
        self.changed()

    @on(FormInput.Emptied)
    def _emptied(self, message: FormInput.Emptied) -> None:
        if message.field.key in self.inputs and self.state.drop_last(message.field.key):
            self.taken(message.field.key)

    # ---- moving

    def takes(self, key: str) -> bool:
        """Enter waits for what it would take: the hits of what was typed, or what is offered in an empty field."""
        return super().takes(key) and not (key == "enter" and self._awaited)

    @property
    def _awaited(self) -> bool:
        key = self.current
        if self.state.texts.get(key, "").strip():
            return self._topics.busy(f"hits.{key}")
        return key not in self.offers and not self.state.picked.get(key) and self._topics.busy("facts", "life")

    def action_enter(self) -> None:
        """Enter: take what is offered or meant, and go on. It never records."""
        field = self.caught_up()
        if field is not None:
            one = self.state.field(field.key)
            if one is None or self._accept(one):
                self.go_on(field)

    def action_step(self, fields: int) -> None:
        """Tab: to another field; what is typed is left as it is."""
        self.caught_up()
        if fields > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def _accept(self, one: Field) -> bool:
        """Whether to go on to the next field."""
        text = self.state.texts.get(one.key, "").strip()
        offer = self.offers.get(one.key)
        pointed = self.hits.key == one.key and self.hits.pointer is not None
        if not text and not self.state.picked.get(one.key) and not pointed:
            if offer is not None:
                self.take_offer(one.key, offer)
            return True
        if one.kind not in PICKED or (self.state.settled(one.key) and not pointed):
            return True
        if one.kind not in REMOTE:
            return self._accept_choice(one, pointed=pointed)
        hits = self.hits
        if hits.key != one.key or hits.text != self.state.texts.get(one.key, "") or not hits.answered:
            if hits.key == one.key:
                hits.taking = True
            return True
        if self.take(hits):
            return True
        self.say(_("Several fit: choose with Up and Down, or type more.") if hits.found else _("Nothing fits."))
        return False

    def _accept_choice(self, one: Field, *, pointed: bool) -> bool:
        found = self.choices_of(one)
        pointer = self.hits.pointer if pointed else None
        meant = (
            found[pointer] if pointer is not None and pointer < len(found) else found[0] if len(found) == 1 else None
        )
        if meant is not None:
            self.state.pick(one.key, Picked(meant.code, meant.name))
            self.taken(one.key)
            return True
        return one.kind == "held"

    def choices_of(self, one: Field) -> list[Picked]:
        """The closed list of a field, as far as it fits what was typed."""
        life = self.known.life
        return choices(one, self.state, life.positions if life is not None else ())

    def take_offer(self, key: str, offer: Offer) -> None:
        """What is offered becomes what is filled in."""
        if offer.picked is not None:
            self.state.pick(key, offer.picked)
        else:
            self.state.type(key, offer.text)
        self.taken(key)

    def go_on(self, field: FormInput) -> None:
        """To the next field; after the last, to the preview."""
        fields = [*self.inputs.values(), self.confirm]
        after = [one for one in fields[fields.index(field) + 1 :] if one.display]
        self.set_focus(after[0] if after else self.preview)

    def action_point(self, rows: int) -> None:
        """Up and down: among what may be chosen, else from field to field."""
        self.caught_up()
        if self.focused is self.preview and (rows > 0 or self.preview.scroll_offset.y > 0):
            self.preview.scroll_relative(y=rows, animate=False)
            return
        one = self.state.field(self.current)
        if one is not None and one.kind in PICKED and (rows > 0 or self.hits.pointer is not None):
            if one.kind not in REMOTE:
                found = self.choices_of(one)
                if self.hits.key != one.key or list(self.hits.found) != found:
                    self.hits = Hits(one.key, self.state.texts.get(one.key, ""), found, answered=True)
            if self.hits.key == one.key and not self.state.settled(one.key) and self.hits.move(rows):
                self.paint()
                return
        if rows > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_scroll_preview(self, pages: int) -> None:
        """The preview, a page on or back, from wherever one types."""
        self.preview.scroll_relative(y=pages * max(self.preview.size.height - 1, 1), animate=False)

    def action_list(self) -> None:
        """F3: everything that this field may hold."""
        one = self.state.field(self.current)
        if one is not None and one.kind in ("unit", "entry"):
            self.state.type(one.key, "")
            self.put_texts([one.key])
            self._search(one, everything=True)
            self.changed()
        elif one is not None and one.kind == "person":
            self.say(_("Type a number, a name or its initials."))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Where the caret is, the hints are about."""
        widget = event.widget
        self.current = widget.key if isinstance(widget, FormInput) else ""
        self.paint()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving a field takes what is meant without doubt."""
        widget = event.widget
        one = self.state.field(widget.key) if isinstance(widget, FormInput) else None
        if one is None or one.kind not in PICKED or self.state.settled(one.key) or not self.state.texts.get(one.key):
            return
        if one.kind in REMOTE and self.hits.key == one.key:
            self.hits.taking = True
            if self.hits.answered:
                self.take(self.hits)
        elif one.kind not in REMOTE and len(found := self.choices_of(one)) == 1:
            self.state.pick(one.key, Picked(found[0].code, found[0].name))
            self.taken(one.key)

    @on(Hints.Clicked)
    def _hint_clicked(self, message: Hints.Clicked) -> None:
        one = self.state.field(self.current)
        if one is not None and one.kind in REMOTE and message.line < len(self.hits.found):
            self.hits.pointer = message.line + self.hits.top
            if self.take(self.hits):
                self.go_on(self.inputs[one.key])

    # ---- after a change

    def changed(self, *, keep: bool = True) -> None:
        """Something is different: keep it, say what it means, and look at what it would change."""
        self.state.starts = starts(self.state, self.known)
        self._settle_offers()
        if keep and self.state.touched:
            saved = self.memory.drafts.save(self.state)
            self.saved = "" if saved is None else _("draft kept {time}").format(time=f"{saved:%H:%M:%S}")
        self.paint()
        self.look()

    def look(self) -> None:
        """Look at what recording would change."""

    def _settle_offers(self) -> None:
        self.offers = offers(self.state, self.memory.again(self.state.spec.id), self.known)
        for key, field in self.inputs.items():
            offer = self.offers.get(key)
            empty = offer is None or bool(self.state.picked.get(key))
            field.placeholder = "" if empty or offer is None else offer.shown

    # ---- painting

    def paint(self) -> None:
        """The lines beside and below the fields."""
        if not self.is_mounted:
            return
        self.labels.show(
            [self._label(place, one) for place, one in enumerate(self.state.fields, 1)] + self._confirm_label()
        )
        self.meanings.show([self._meaning(one) for one in self.state.fields] + self.confirm_meaning())
        self.hints.show(self._hint_lines())
        if self.said[0]:
            self.notice.say(*self.said)
        self.head.say("  ".join(part for part in (self.state.title, self.about(), self.saved) if part))

    def say(self, words: str, more: str = "") -> None:
        """A sentence above the keys, until the next key."""
        self.said = (words, more)
        self.notice.say(words, more)

    def about(self) -> str:
        """What the head says beside the title."""
        return ""

    def _label(self, place: int, one: Field) -> Line:
        star = "*" if one.required else ""
        return Line(f"{place:>2} {capital(one.label)}{star}", "strong" if one.key == self.current else "")

    def _confirm_label(self) -> list[Line]:
        return [Line(" " + _("Confirm*"), "strong")] if self.confirm.display else []

    def confirm_meaning(self) -> list[Line]:
        """What to type to confirm, beside the field for it."""
        return [Line("")] if self.confirm.display else []

    def _meaning(self, one: Field) -> Line:
        blamed = self.blamed.get(one.key)
        if blamed:
            return Line(f"x {blamed}", "over")
        try:
            read = self.state.read(one)
        except Problem as problem:
            waiting = one.kind in PICKED and one.key == self.current
            return Line("" if waiting else f"x {problem}", "over")
        if read.shown:
            return Line(read.shown)
        empty = not self.state.texts.get(one.key) and not self.state.picked.get(one.key)
        if empty and one.key in self.offers:
            return Line(_("Enter takes it"), "faint")
        return Line(one.word(one.default) if empty and one.default else "", "faint")

    def _hint_lines(self) -> Sequence[Line]:
        one = self.state.field(self.current)
        width = self.hints.size.width or self.size.width
        if one is None:
            return self.other_hints()
        searched = self.hits.key == one.key and (
            self.hits.found or (self.hits.text.strip() and not self.state.settled(one.key))
        )
        if one.kind in REMOTE and searched:
            return self.hits.lines(width)
        if one.kind in PICKED and one.kind not in REMOTE:
            pointer = self.hits.pointer if self.hits.key == one.key else None
            found = self.choices_of(one)
            if found:
                return choice_lines(found, pointer, width)
        return hint_lines(one, self.offers.get(one.key), empty=not self.state.texts.get(one.key))

    def other_hints(self) -> Sequence[Line]:
        """Hints where no field has the caret."""
        return ()

    def on_resize(self) -> None:
        """Wider windows have wider fields."""
        self.set_class(self.size.width >= WIDE, "wide")
        self.paint()
