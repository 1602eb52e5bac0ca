"""What the forms of one run of the program remember: the values of the last entry, and what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.forms.drafts import Drafts
from tui.forms.state import FormState, Picked

STICKY = (
    "host",
    "unit",
    "establishment",
    "effective_on",
    "until",
    "kind",
    "reason",
    "channel",
    "authority.document_no",
    "authority.issued_by",
    "authority.issued_on",
    "authority.title",
)
"""Keys whose last value is offered again; never the person."""


@dataclass(frozen=True, slots=True)
class Done:
    """An entry recorded in this run."""

    position: int
    id: str
    words: str


@dataclass(slots=True)
class FormMemory:
    """See the module. `sticky`: form -> key -> text or what was picked."""

    drafts: Drafts
    done: list[Done] = field(default_factory=list)
    sticky: dict[str, dict[str, str | Picked]] = field(default_factory=dict)
    document: dict[str, str] = field(default_factory=dict)
    """The last document, for whichever form comes next."""
    last_form: str = ""
    """The form of the last entry."""
    offered: bool = False
    """Whether drafts left over were shown."""

    def remember(self, state: FormState) -> None:
        """Keep what the next entry of this form may share."""
        kept: dict[str, str | Picked] = {}
        for key in STICKY:
            picked = state.picked.get(key)
            if picked:
                kept[key] = picked[0]
            elif state.texts.get(key, "").strip():
                kept[key] = state.texts[key].strip()
        self.sticky[state.spec.id] = kept
        self.last_form = state.spec.id
        self.document = {key: one for key, one in kept.items() if key.startswith("authority.") and isinstance(one, str)}

    def again(self, form: str) -> Mapping[str, str | Picked]:
        """What the last entry of a form held; for another form, its document alone."""
        return self.sticky.get(form) or dict(self.document)

    @property
    def own_ids(self) -> frozenset[str]:
        """Ids recorded in this run."""
        return frozenset(one.id for one in self.done)
