"""What the forms look like, in both languages and sizes. A change is looked at, then copied.

With GOLDENS_TO=FOLDER in the environment each screen is also written there.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from ledger import bootstrap
from tests.tui.forms.filling import Flow, Form, fill_in
from tests.tui.screens import LARGE, SMALL
from tui.forms.catalogue import FORMS, FormSpec
from tui.forms.menu import filled_in

GOLDENS = Path(__file__).with_name("goldens")
KEPT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?!:)")
"""When a draft was kept; on a form the clock alone stands."""
CLOCK = re.compile(r"\d{2}:\d{2}:\d{2}")
SIZES = {"80x24": SMALL, "120x40": LARGE}


async def menu(form: Form) -> None:
    await form.press("f2")


async def picking(form: Form) -> None:
    form.app.open_form("second")
    await form.rest()
    await form.type("DZ")
    await form.press("down")


async def second(form: Form) -> None:
    form.app.open_form("second")
    await form.rest()
    await form.fill(person="DZ8", host="CZJ", effective_on="20220801", until="6m", document_no="〔2022〕31号")


async def refused(form: Form) -> None:
    form.app.open_form("second")
    await form.rest()
    await form.fill(person="DZ1", host="CZJ", effective_on="20220701", until="6m")
    await form.press("ctrl+s")


async def reverse(form: Form) -> None:
    form.app.open_form("reverse", {"entry": 210})
    await form.rest()
    await form.fill(reason="误登记")


async def drafts(form: Form) -> None:
    for kind, typed in (("second", {"person": "DZ8", "host": "CZJ"}), ("leave", {"person": "DZ1"})):
        form.app.open_form(kind)
        await form.rest()
        await form.fill(**typed)
        await form.press("escape")
    form.app.action_drafts()
    await form.rest()


async def choosing(form: Form) -> None:
    form.app.open_form("depart")
    await form.rest()
    await form.press("tab", "down")


WHOM = {"person": "DZ2", "unit": "T1", "entry": 210}
"""Whom or what each form is opened about: someone lent out past the term, the town, and its last entry."""


async def opened(form: Form, spec: FormSpec) -> None:
    form.app.open_form(spec.id, filled_in(spec, WHOM))
    await form.rest()


FLOWS: dict[str, Flow] = {
    **{one.__name__: one for one in (menu, picking, second, refused, reverse, choosing, drafts)},
    **{f"form_{spec.id}": partial(opened, spec=spec) for spec in FORMS},
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", FLOWS)
def test_the_screen_is_as_it_was_looked_at(
    town: Path, name: str, size: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = partial(datetime, 2022, 7, 15, tzinfo=UTC)
    monkeypatch.setattr(bootstrap, "open_ledger", partial(bootstrap.open_ledger, clock=clock))
    found: list[str] = []

    async def look(form: Form) -> None:
        await FLOWS[name](form)
        text = form.text.rpartition("\n ")[0] + "\n"  # but for the keys, which are data
        found.append(CLOCK.sub("hh:mm:ss", KEPT.sub("yyyy-mm-dd hh:mm", text) if name == "drafts" else text))

    fill_in(look, town, size=SIZES[size], lang=lang)
    path = GOLDENS / f"{name}-{size}-{lang}.txt"
    if os.environ.get("GOLDENS_TO"):
        (Path(os.environ["GOLDENS_TO"]) / path.name).write_text(found[0], encoding="utf-8")
    assert found[0] == path.read_text(encoding="utf-8")


def test_every_golden_belongs_to_a_form_or_a_step_of_one() -> None:
    wanted = {f"{name}-{size}-{lang}.txt" for name in FLOWS for size in SIZES for lang in ("zh", "en")}
    assert {path.name for path in GOLDENS.iterdir()} == wanted
