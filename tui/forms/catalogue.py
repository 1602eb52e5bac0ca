"""Every form as data: which entry it makes, which keys come first, what is filled in or offered.

The fields themselves come from the entry's class (`fields.py`): a key that an entry type gains stands in its form
without a line here. What is offered is taken with Enter and never by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ledger.domain.entries import ENTRY_TYPES
from ledger.locale import N_, _, term

PEOPLE, SECONDMENTS, POSTS, UNITS, OTHERS = (
    N_("People"),
    N_("Secondments"),
    N_("Posts and quotas"),
    N_("Units"),
    N_("Reports, policy, mistakes"),
)
DOCUMENT = "authority.document_no"


@dataclass(frozen=True, slots=True)
class FormSpec:
    """One form. `label`: a message id, else the word for the entry type.

    `order`: keys that come first. `given`: what stands in a field when the form opens. `offers`: key -> what is
    offered there (`offers.py`). `needed`: keys that the ledger could do without and an officer should not.
    `many`: for several people under one document. `confirmed`: always confirmed by typing.
    """

    id: str
    type: str
    initials: str
    group: str
    order: tuple[str, ...]
    label: str = ""
    digit: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    offers: Mapping[str, str] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    many: bool = False
    confirmed: bool = False

    @property
    def title(self) -> str:
        """The form's name, in the language in use."""
        return capital(_(self.label) if self.label else term("entry", self.type))

    @property
    def subject(self) -> str:
        """The key that names whom or what the entry is about; empty for a policy."""
        keys = ENTRY_TYPES[self.type].model_fields
        return next((key for key in ("person", "unit", "entry") if key in keys), "")


def capital(words: str) -> str:
    """The words with a capital letter first; Chinese has none."""
    return words[:1].upper() + words[1:]


DATED = {"effective_on": "today"}
PERSON = ("person", "effective_on")
UNIT = ("unit", "effective_on")
QUOTA = ("unit", "establishment")

FORMS: tuple[FormSpec, ...] = (
    FormSpec(
        "hire", "hired", "ly", PEOPLE, digit="1", offers=DATED,
        order=("person", "name", "unit", "establishment", "effective_on", DOCUMENT, "channel", "gender", "born_on",
               "retirement_age", "identity"),
    ),
    FormSpec(
        "transfer", "transferred", "dd", PEOPLE, digit="2", many=True, offers=DATED,
        order=("person", "unit", "establishment", "effective_on", DOCUMENT, "channel"),
    ),
    FormSpec(
        "second", "secondment_started", "jd", SECONDMENTS, label=N_("Secondment"), digit="3", many=True,
        order=("person", "host", "effective_on", "until", DOCUMENT, "reason", "kind"),
        offers={**DATED, "host": "again", "until": "term"}, needed=frozenset({"until"}),
    ),
    FormSpec(
        "extend", "secondment_extended", "xj", SECONDMENTS, digit="4", many=True, offers={**DATED, "until": "term"},
        order=("person", "effective_on", "until", DOCUMENT),
    ),
    FormSpec(
        "return", "secondment_ended", "fh", SECONDMENTS, label=N_("Return"), digit="5", many=True, offers=DATED,
        order=(*PERSON, "reason", DOCUMENT), given={"reason": "returned"},
    ),
    FormSpec(
        "recall", "secondment_ended", "qt", SECONDMENTS, label=N_("Recall"), many=True, offers=DATED,
        order=(*PERSON, "reason", DOCUMENT), given={"reason": "recalled"},
    ),
    FormSpec(
        "convert", "transferred", "jhdr", SECONDMENTS, label=N_("Transfer to the host"),
        order=("person", "unit", "establishment", "effective_on", DOCUMENT, "channel"),
        offers={**DATED, "unit": "host"},
    ),
    FormSpec(
        "retire", "departed", "tx", PEOPLE, label=N_("Retirement"), digit="6", offers=DATED,
        order=(*PERSON, "reason", DOCUMENT), given={"reason": "retired"},
    ),
    FormSpec("leave", "leave_started", "qj", PEOPLE, digit="7", order=("person", "kind", "effective_on", DOCUMENT),
             offers=DATED),
    FormSpec("leave_end", "leave_ended", "xj", PEOPLE, order=(*PERSON, DOCUMENT), offers=DATED),
    FormSpec(
        "quota", "quota_set", "hdbz", POSTS, digit="8", offers=DATED,
        order=(*QUOTA, "posts", "effective_on", DOCUMENT, "until"),
    ),
    FormSpec("depart", "departed", "lk", PEOPLE, digit="9", order=("person", "reason", "effective_on", DOCUMENT),
             offers=DATED),
    FormSpec(
        "appoint", "appointed", "rz", PEOPLE, offers=DATED,
        order=("person", "title", "rank", "effective_on", DOCUMENT, "counts", "unit"),
    ),
    FormSpec("relieve", "relieved", "mz", PEOPLE, order=("person", "title", "effective_on", DOCUMENT), offers=DATED),
    FormSpec("describe", "person_described", "xxdj", PEOPLE, order=(*PERSON, "name"), offers=DATED),
    FormSpec(
        "quota_change", "quota_changed", "hzhj", POSTS, offers=DATED,
        order=(*QUOTA, "change", "effective_on", DOCUMENT, "until"),
    ),
    FormSpec(
        "quota_cancel", "quota_cancelled", "hxbz", POSTS, offers=DATED, confirmed=True,
        order=(*QUOTA, "entry", "effective_on", DOCUMENT),
    ),
    FormSpec(
        "quota_move", "quota_moved", "bssz", POSTS, offers=DATED,
        order=("unit", "to", "establishment", "posts", "effective_on", DOCUMENT),
    ),
    FormSpec("leader_quota", "leader_quota_set", "ldzs", POSTS, offers=DATED,
             order=("unit", "rank", "posts", "effective_on", DOCUMENT)),
    FormSpec("freeze", "freeze_declared", "dj", POSTS, offers=DATED,
             order=("unit", "mode", "effective_on", "until", DOCUMENT)),
    FormSpec(
        "establish", "unit_established", "jgsl", UNITS, offers=DATED,
        order=("unit", "name", "kind", "parent", "effective_on", DOCUMENT, "level", "stationed_at", "plates"),
    ),
    FormSpec("rename", "unit_renamed", "gm", UNITS, order=("unit", "name", "effective_on", DOCUMENT), offers=DATED),
    FormSpec("move", "unit_moved", "lsbg", UNITS, order=("unit", "parent", "effective_on", DOCUMENT), offers=DATED),
    FormSpec("station", "unit_stationed", "pzbg", UNITS, offers=DATED,
             order=("unit", "stationed_at", "effective_on", DOCUMENT)),
    FormSpec("merge", "unit_merged", "hb", UNITS, order=("unit", "into", "effective_on", DOCUMENT), offers=DATED,
             confirmed=True),
    FormSpec("abolish", "unit_abolished", "cx", UNITS, order=(*UNIT, DOCUMENT), offers=DATED, confirmed=True),
    FormSpec("census", "census_claimed", "pdsb", OTHERS, order=("unit", "source", "effective_on", "measures"),
             offers=DATED),
    FormSpec("policy", "policy_adopted", "zccy", OTHERS, offers=DATED,
             order=("source", "profile", "parameters", "effective_on", DOCUMENT)),
    FormSpec("reverse", "reversed", "cz", OTHERS, digit="0", order=("entry", "reason", DOCUMENT), confirmed=True),
    FormSpec("correct", "corrected", "gz", OTHERS, order=("entry",), confirmed=True),
)  # fmt: skip
BY_ID: Mapping[str, FormSpec] = {one.id: one for one in FORMS}


def form_of_type(entry_type: str) -> FormSpec:
    """The plain form of an entry type: the one to correct or repeat an entry with."""
    made = [one for one in FORMS if one.type == entry_type]
    return next((one for one in made if not one.given and not one.label), made[0])
