"""Letters: who gets one about whom, what it says, and that it is kept with the alert."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from ledger.application.workdays import BadTable, WorkingDays, read_table
from ledger.bootstrap import Ledger
from ledger.domain.refusals import Refused
from ledger.reports import letters
from ledger.reports.letters import LetterKind
from tests.queries.makers import at, county, hire, loan, on, record

PAPER = {"document_no": "借〔2021〕1号", "issued_on": "2021-03-01"}
NAME = "张三[/]{{ issuer }}<w:t>"


def scanned(url: str, day: str = "2021-09-10") -> Ledger:
    """Two people overdue at C1, one whose term ends soon at T2, and one at T2 whose extended term does."""
    ledger = county(
        url,
        {**hire("P1", "T1-A"), "name": NAME},
        *(hire(person, "T1-A") for person in ("P2", "P3", "P4")),
        loan("P1", "C1", "2021-03-01", "2021-08-31", authority=PAPER),
        loan("P2", "C1", "2021-03-01", "2021-09-05", authority=PAPER),
        loan("P3", "T2", "2021-04-01", "2021-09-30", authority=PAPER),
        loan("P4", "T2", "2021-04-01", "2021-08-31", authority=PAPER),
        on("2021-08-01", "secondment_extended", person="P4", until="2021-09-30"),
    )
    assert not isinstance(ledger.scan(date.fromisoformat(day)), Refused)
    return ledger


def composed(
    ledger: Ledger, day: str = "2021-09-10", rules: str = "overdue secondment_expiring", issuer: str | None = None
) -> list[letters.Letter]:
    p = at(day)
    alerts = [one for one in ledger.alerts(p).rows if one.alert.rule.startswith(tuple(rules.split()))]
    return letters.compose(ledger, p, alerts, WorkingDays(), issuer=issuer)


def text_of(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


def test_one_letter_for_each_host_and_kind(sqlite_url: str) -> None:
    with scanned(sqlite_url) as ledger:
        made = composed(ledger)
        assert [(one.kind, one.host, [who.line.person for who in one.subjects]) for one in made] == [
            (LetterKind.EXTENSION_END, "T2", ["P4"]),
            (LetterKind.RECALL, "C1", ["P1", "P2"]),
            (LetterKind.REMINDER, "T2", ["P3"]),
        ]


def test_a_recall_states_facts_documents_basis_and_deadline(sqlite_url: str) -> None:
    with scanned(sqlite_url) as ledger:
        [recall] = [one for one in composed(ledger) if one.kind is LetterKind.RECALL]
        told = recall.context
        assert (told["recipient"], told["copies"], told["issuer"]) == ("unit C1", [], "unit T1")
        assert told["deadline"] == "2021年9月26日"  # ten working days: 18 September and 26 September are worked
        assert [row["days_overdue"] for row in told["rows"]] == [10, 5]
        assert [row["document"] for row in told["rows"]] == ["借〔2021〕1号"] * 2
        assert told["basis"][1] == "name of P2：借调期限已满未返还（自2021年9月6日起）"
        text = text_of(letters.render(recall))
        assert "2021年9月26日" in text
        assert "name of P2" in text
        assert "张三[/]{{ issuer }}&lt;w:t&gt;" in text  # a name is never markup, nor a template


def test_a_letter_of_somebody_else_goes_to_the_home_as_a_copy(sqlite_url: str) -> None:
    with scanned(sqlite_url) as ledger:
        [recall] = [one for one in composed(ledger, issuer="某县委组织部") if one.kind is LetterKind.RECALL]
        assert (recall.context["copies"], recall.context["issuer"]) == (["unit T1"], "某县委组织部")
        assert "抄送：unit T1。" in text_of(letters.render(recall))
        [own] = [one for one in composed(ledger) if one.kind is LetterKind.RECALL]
        assert "抄送" not in text_of(letters.render(own))


@pytest.mark.parametrize("kind", LetterKind)
def test_every_template_has_the_lines_of_the_letter_format(kind: LetterKind) -> None:
    """GB/T 9704-2012, 10.1: one red double line below the mark, one at the foot of the first page, no others."""
    with zipfile.ZipFile(letters.SHIPPED / f"{kind}.docx") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}
    body = parts["word/document.xml"]
    assert (body.count("<w:pBdr>"), body.count("thickThinSmallGap")) == (1, 1)
    assert "<w:titlePg/>" in body
    feet = [text for name, text in parts.items() if name.startswith("word/footer")]
    assert sorted((text.count("thinThickSmallGap"), text.count("PAGE")) for text in feet) == [(0, 1), (0, 1), (1, 0)]


@pytest.mark.parametrize("kind", LetterKind)
def test_every_template_renders_and_gives_the_same_bytes_again(kind: LetterKind, sqlite_url: str) -> None:
    with scanned(sqlite_url) as ledger:
        alerts = list(ledger.alerts(at("2021-09-10"), rule="overdue_secondment").rows)
        [letter] = letters.compose(ledger, at("2021-09-10"), alerts, WorkingDays(), kind=kind)
        content = letters.render(letter)
        assert content == letters.render(letter)
        assert "{{ recipient" not in text_of(content)
        assert "{%" not in text_of(content)


def test_an_office_edits_the_template(sqlite_url: str, tmp_path: Path) -> None:
    with scanned(sqlite_url) as ledger:
        [recall] = [one for one in composed(ledger) if one.kind is LetterKind.RECALL]
        own = (letters.SHIPPED / "reminder.docx").read_bytes()
        (tmp_path / "recall.docx").write_bytes(own)
        assert "提醒函" in text_of(letters.render(recall, tmp_path))


def test_no_letter_about_what_is_over(sqlite_url: str) -> None:
    with scanned(sqlite_url) as ledger:
        alerts = list(ledger.alerts(at("2021-09-10"), rule="overdue_secondment").rows)
        record(ledger, *(on("2021-09-01", "secondment_ended", person=person) for person in ("P1", "P2")))
        with pytest.raises(letters.CannotWrite):
            letters.compose(ledger, at("2021-09-10"), alerts, WorkingDays())


def test_working_days(tmp_path: Path) -> None:
    days = WorkingDays()
    assert days.after(date(2021, 9, 30), 1) == date(2021, 10, 8)  # the national holiday
    assert days.worked(date(2021, 10, 9))  # a Saturday that was worked
    assert days.left(date(2021, 9, 30), date(2021, 10, 9)) == 2
    assert days.guessed == set()
    assert not days.worked(date(2035, 10, 6))
    assert days.guessed == {2035}
    table = tmp_path / "days.csv"
    table.write_text("# 2035\n2035-10-06,班\n2035-10-01,休\n", encoding="utf-8")
    own = WorkingDays(read_table(table))
    assert (own.worked(date(2035, 10, 6)), own.worked(date(2035, 10, 1)), own.guessed) == (True, False, set())
    table.write_text("2035-10-06;班\n", encoding="utf-8")
    with pytest.raises(BadTable, match=r"days\.csv:1"):
        read_table(table)
