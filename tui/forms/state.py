"""What an officer has filled in so far, and the entries it makes; knows nothing of screens or of the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Self

from ledger.cli.parsing import reference
from ledger.domain.terms import Precision
from ledger.interchange.dates import NotADate, read_date
from ledger.locale import N_, _, term
from tui.forms.catalogue import BY_ID, FormSpec, form_of_type
from tui.forms.fields import OTHERS, PICKED, REASON, Field, fields_of, fields_to_correct, keys_of
from tui.forms.values import Problem, Read, is_open, read, typed_of
from tui.where import today

PRECISIONS = {"effective_on": "effective_precision", "born_on": "born_precision"}
"""A date typed without its day says by itself how exactly it is known."""


@dataclass(frozen=True, slots=True)
class Picked:
    """One of those offered. `name`: how it stands in the field, `about`: what is known of it, beside the field."""

    code: str
    name: str
    about: str = ""


def new_id() -> str:
    """The entry's own id, given when its form opens: sent twice, it is recorded once (spec 2.2)."""
    return f"F{today():%Y%m%d}-{secrets.token_hex(5)}"


@dataclass(slots=True)
class FormState:
    """See the module. `base`: the content of the entry that is corrected, `ref`: its position."""

    spec: FormSpec
    fields: tuple[Field, ...]
    texts: dict[str, str] = field(default_factory=dict)
    picked: dict[str, list[Picked]] = field(default_factory=dict)
    starts: dict[str, date] = field(default_factory=dict)
    """What the short forms of a last day count from, where it is not the effective date."""
    listing: set[str] = field(default_factory=set)
    """Fields of several, once the first was picked and the next may be typed."""
    entry_id: str = field(default_factory=new_id)
    base: Mapping[str, Any] | None = None
    ref: int | None = None

    @classmethod
    def blank(cls, form: str) -> Self:
        """A form as the menu opens it."""
        spec = BY_ID[form]
        state = cls(spec, fields_of(spec))
        state.fill(spec.given)
        return state

    @classmethod
    def to_correct(cls, ref: int, content: Mapping[str, Any]) -> Self:
        """The form of a recorded entry, filled with its content."""
        spec = form_of_type(str(content["type"]))
        state = cls(spec, fields_to_correct(spec), base=dict(content), ref=ref)
        state.fill(flat(content))
        return state

    @property
    def title(self) -> str:
        """What the form is."""
        if self.ref is None:
            return self.spec.title
        return _("Correct no. {position}: {type}").format(position=self.ref, type=term("entry", self.spec.type))

    def field(self, key: str) -> Field | None:
        """The field of a key, if the form has it."""
        return next((one for one in self.fields if one.key == key), None)

    def fill(self, values: Mapping[str, object]) -> None:
        """Put values into fields: codes are picked, names for them come later."""
        for one in self.fields:
            value = values.get(one.key)
            if value is None:
                continue
            if one.kind in PICKED:
                codes = value if isinstance(value, list | tuple) else [value]
                self.pick(one.key, *(Picked(code, self._name(one, code)) for code in map(_code, codes)))
            else:
                self.texts[one.key] = typed_of(one, value)

    def share(self, last: Mapping[str, str | Picked]) -> None:
        """Take what an earlier entry held, where nothing stands yet."""
        for key, value in last.items():
            if self.field(key) is None or self.texts.get(key) or self.picked.get(key):
                continue
            if isinstance(value, Picked):
                self.pick(key, value)
            else:
                self.texts[key] = value

    def _name(self, one: Field, code: str) -> str:
        return one.word(code) if one.kind in ("choice", "flag") else code

    def pick(self, key: str, *picked: Picked) -> None:
        """Take these for a field."""
        self.picked[key] = list(picked)
        self.texts[key] = picked[0].name if len(picked) == 1 else ""
        self.listing.discard(key)
        if len(picked) > 1:
            self.listing.add(key)

    def add(self, key: str, picked: Picked | None) -> None:
        """Take one more for a field of several; None: the one picked stays, and the next is typed."""
        known = self.picked.get(key, [])
        if picked is not None and all(one.code != picked.code for one in known):
            self.picked[key] = [*known, picked]
        self.texts[key] = ""
        self.listing.add(key)

    def drop_last(self, key: str) -> bool:
        """Take the last of several back; False where there is none."""
        known = self.picked.get(key)
        if not known:
            return False
        known.pop()
        if not known:
            self.picked.pop(key)
            self.listing.discard(key)
        return True

    def settled(self, key: str) -> bool:
        """Whether what was typed into a field is picked already."""
        known = self.picked.get(key)
        text = self.texts.get(key, "")
        if not known:
            return False
        return not text if key in self.listing else known[0].name == text

    def type(self, key: str, text: str) -> bool:
        """The text of a field is this now; whether that changes anything. What was picked under another text goes."""
        if self.texts.get(key, "") == text:
            return False
        self.texts[key] = text
        known = self.picked.get(key)
        if known and key not in self.listing and known[0].name != text:
            self.picked.pop(key)
        return True

    @property
    def touched(self) -> bool:
        """Whether there is anything worth keeping."""
        given = {one.code for key in self.spec.given for one in self.picked.get(key, [])}
        typed = any(text.strip() for key, text in self.texts.items() if key not in self.spec.given)
        return typed or any(one.code not in given for picked in self.picked.values() for one in picked)

    # ---- reading

    def read(self, one: Field) -> Read:
        """The value of a field. Raises Problem."""
        if one.kind in PICKED:
            return self._read_picked(one)
        start = self.starts.get(one.key) or self.day
        return read(one, self.texts.get(one.key, ""), start=start)

    def _read_picked(self, one: Field) -> Read:
        picked = self.picked.get(one.key, [])
        text = self.texts.get(one.key, "").strip()
        if text and not self.settled(one.key):
            if one.kind == "held":
                return Read(text)
            raise Problem(_(N_("choose one of those below")))
        if not picked:
            return Read(None)
        if one.many and (len(picked) > 1 or one.key in self.listing):
            names = " ".join(each.name for each in picked)
            told = _("{count} people: {names}").format(count=len(picked), names=names)
            return Read([each.code for each in picked] if len(picked) > 1 else picked[0].code, told)
        return Read(_value(one, picked[0].code), picked[0].about)

    @property
    def day(self) -> date | None:
        """The effective date, once it can be read."""
        one = self.field("effective_on")
        if one is None:
            return None
        try:
            found = read(one, self.texts.get(one.key, "")).value
        except Problem:
            return None
        return None if found is None else date.fromisoformat(found)

    @property
    def people(self) -> list[str]:
        """The people picked, for forms of several."""
        return [one.code for one in self.picked.get("person", [])]

    def problems(self) -> dict[str, str]:
        """Key -> what is wrong with what was typed there."""
        found: dict[str, str] = {}
        for one in self.fields:
            try:
                self.read(one)
            except Problem as problem:
                found[one.key] = str(problem)
        return found

    def missing(self) -> list[str]:
        """Keys that must be filled in and are not."""
        return [one.key for one in self.fields if one.required and not self._given(one)]

    def _given(self, one: Field) -> bool:
        if one.kind == "last_day" and is_open(self.texts.get(one.key, "")):
            return self.spec.type == "secondment_started"
        return bool(self.texts.get(one.key, "").strip() or self.picked.get(one.key))

    # ---- the entries

    def content(self) -> dict[str, Any]:
        """The keys and values of the entry; of several people, `person` is a list. Raises Problem."""
        found: dict[str, Any] = {"type": self.spec.type}
        for one in self.fields:
            value = self.read(one).value
            if value is not None and one.key != REASON:
                _put(found, one.key, value)
        for key, precision in PRECISIONS.items():
            known = _precision(self.texts.get(key, ""))
            if known is not Precision.DAY and key in found and precision not in found:
                found[precision] = str(known)
        return found

    def entries(self) -> list[dict[str, Any]]:
        """What is recorded, one entry a person. Raises Problem."""
        content = self.content()
        if self.ref is not None:
            return [self._correction(content)]
        people = content.get("person")
        if isinstance(people, list):
            return [{"id": f"{self.entry_id}-{code}", **content, "person": code} for code in people]
        return [{"id": self.entry_id, **content}]

    def _correction(self, content: dict[str, Any]) -> dict[str, Any]:
        """The replacement keeps whatever of the original the form does not show."""
        shown = {one.key for one in self.fields}
        replacement: dict[str, Any] = {}
        for key, value in flat(self.base or {}).items():
            if key not in shown and key != "type":
                _put(replacement, key, value)
        for key, value in content.items():
            known = replacement.get(key)
            replacement[key] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
        reason = self.texts.get(REASON, "").strip()
        told = {"type": "corrected", "id": self.entry_id, "entry": self.ref, "reason": reason}
        return {**told, "replacement": replacement}


@lru_cache
def _census_keys() -> frozenset[str]:
    return frozenset(keys_of(BY_ID["census"]))


def flat(content: Mapping[str, Any]) -> dict[str, object]:
    """An entry's content under the keys of its form."""
    found: dict[str, object] = {}
    for key, value in content.items():
        if key in ("authority", "measures", "target") and isinstance(value, Mapping):
            for name, part in value.items():
                if key == "measures" and f"{key}.{name}" not in _census_keys():
                    others = found.setdefault(OTHERS, {})
                    assert isinstance(others, dict)
                    others[name] = part
                else:
                    found[f"{key}.{name}"] = part
        else:
            found[key] = value
    if content.get("type") == "secondment_started" and "until" not in content:
        found["until"] = "open"
    return found


def _put(found: dict[str, Any], key: str, value: object) -> None:
    base, dot, rest = key.partition(".")
    if not dot:
        found[key] = value
    elif key == OTHERS:
        found.setdefault(base, {}).update(value if isinstance(value, dict) else {})
    else:
        found.setdefault(base, {})[rest] = value


def _code(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(one: Field, code: str) -> object:
    if one.kind == "flag":
        return code == "true"
    if one.kind == "entry":
        return reference(code)
    return int(code) if one.key == "retirement_age" else code


def _precision(text: str) -> Precision:
    try:
        return read_date(text).precision
    except NotADate:
        return Precision.DAY
