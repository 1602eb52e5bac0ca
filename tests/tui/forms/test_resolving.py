"""Every rule has a form that can resolve it, and the form takes what the finding is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.findings.finding import RULES
from tests.tui.forms.filling import Form, fill_in, recorded
from tui.forms.resolving import parts_of, ways
from tui.forms.state import FormState

SUBJECTS = {
    "person:P001/secondment:s-1": {"person": "P001", "secondment": "s-1"},
    "person:P001": {"person": "P001"},
    "unit:T01/support": {"unit": "T01", "establishment": "support"},
    "unit:T01/leader:chief": {"unit": "T01", "rank": "chief"},
    "unit:T01/support/grant:#7": {"unit": "T01", "establishment": "support", "grant": "#7"},
    "unit:T01/freeze:f/entry:h": {"unit": "T01", "freeze": "f", "entry": "h"},
    "unit:T01/claim:c-1/on_roll.support": {"unit": "T01", "claim": "c-1"},
}


@pytest.mark.parametrize(("subject", "parts"), SUBJECTS.items())
def test_a_subject_is_read_in_its_parts(subject: str, parts: dict[str, str]) -> None:
    assert parts_of(subject) == parts


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_leads_to_a_form_that_has_the_fields_filled_in(rule: str) -> None:
    found = ways(rule, "person:P001/secondment:s-1", {"entries": ["s-1"]})
    assert found
    for way in found:
        state = FormState.blank(way.form)
        assert all(state.field(key) is not None for key in way.values), way


def test_an_overdue_loan_is_resolved_by_the_return_that_its_form_records(town: Path) -> None:
    way = ways("overdue_secondment", "person:DZ1/secondment:x")[0]

    async def flow(form: Form) -> None:
        form.app.open_form(way.form, way.values)
        await form.rest()
        assert "欧阳秋收" in form.text
        await form.fill(effective_on="20220701")
        assert " 消除：超期借调 欧阳秋收" in form.preview
        await form.press("ctrl+s")

    fill_in(flow, town)
    assert recorded(town)[0].content["reason"] == "returned"
