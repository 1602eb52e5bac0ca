"""The registers of the report's town, cell by cell against what the scenario expects."""

from __future__ import annotations

import json
import shlex
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from ledger import locale
from ledger.bootstrap import Ledger, create_ledger
from ledger.cli.app import app
from ledger.domain.refusals import Refused
from ledger.interchange.jsonl import import_lines
from ledger.interchange.workbook import read_workbook
from ledger.persistence.notes import make_key
from ledger.reports.catalogue import FORMS, MAKING, maker, write
from ledger.reports.model import Asked, Block, Register
from ledger.reports.moves import month_of
from ledger.reports.tracing import printed, traced
from tests.cli import schema

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
DAY = date(2022, 6, 30)
SPACES = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
}
KINDS = {"行政": "administrative", "事业": "public_institution"}


@pytest.fixture(scope="module")
def _town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    path = tmp_path_factory.mktemp("reports") / "town.db"
    with create_ledger(str(path), officer="tester") as ledger:
        assert import_lines(ledger, SCENARIOS / "town-2022.jsonl").refused == []
        yield ledger
    (SCENARIOS / "town-2022.jsonl.refused.jsonl").unlink(missing_ok=True)


@pytest.fixture
def town(_town: Ledger) -> Iterator[Ledger]:
    locale.use("zh")
    yield _town
    locale.use(locale.DEFAULT)


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """What the scenario says of the town on the day."""
    pairs = json.loads((SCENARIOS / "town-2022.expected.json").read_text(encoding="utf-8"))["pairs"]
    wanted = {"question": "headcount", "unit": "T1", "scope": "subtree", "on": "2022-06-30", "known_at": None}
    (found,) = [pair["expect"] for pair in pairs if pair["ask"] == wanted]
    return dict(found)


def asked(ledger: Ledger, on: date = DAY, **more: Any) -> Asked:
    return Asked("T1", ledger.perspective(on), **more)


def made(ledger: Ledger, name: str, on: date = DAY, **more: Any) -> Register:
    return maker(name)(ledger, asked(ledger, on, **more))


def total(block: Block) -> dict[str, Any]:
    assert block.total is not None
    return {one.key: cell for one, cell in zip(block.fields, block.total, strict=True)}


def test_the_register_of_the_establishment_is_the_reports(town: Ledger, expected: dict[str, Any]) -> None:
    block, history = made(town, "establishment").blocks
    numbers = ("quota", "on_roll", "vacancies", "seconded_out", "on_leave", "present")
    assert {key: total(block)[key] for key in (*numbers, "seconded_in", "at_work")} == {
        key: expected[key] for key in (*numbers, "seconded_in", "at_work")
    }
    rows = [row for row in block.records() if row["name"] == "云溪镇(虚构名)"]
    for row in rows[:2]:
        count = expected["by_establishment"][KINDS[str(row["establishment"])]]
        assert {key: row[key] for key in numbers} == count
    assert (rows[2]["leader_quota"], rows[2]["leaders"]) == (9, 9)
    assert (rows[0]["document_no"], rows[0]["issued_on"]) == ("〔2015〕4号", "2015-03-01")
    (posts,) = [row for row in history.records() if row["matter"] == "核定编制" and row["establishment"] == "行政"]
    assert (posts["effective_on"], posts["added"], posts["removed"], posts["posts"]) == ("2015-03-01", 34, None, 34)


def test_the_history_tells_what_each_document_changed(tmp_path: Path) -> None:
    with create_ledger(str(tmp_path / "l.db"), officer="tester") as ledger:
        common = {"unit": "U", "establishment": "administrative"}
        for entry in (
            {"type": "unit_established", "unit": "U", "name": "局", "kind": "organ", "effective_on": "2015-01-01"},
            {"type": "quota_set", **common, "posts": 10, "effective_on": "2015-01-01"},
            {"type": "quota_changed", **common, "change": -3, "effective_on": "2019-01-01"},
            {"type": "quota_changed", **common, "change": 2, "effective_on": "2020-01-01"},
            {"type": "leader_quota_set", "unit": "U", "rank": "科级", "posts": 2, "effective_on": "2020-02-01"},
        ):
            ledger.record(entry)
        ledger.reverse(4, "误录")
        history = maker("establishment")(ledger, Asked("U", ledger.perspective(DAY))).blocks[1]
        numbers = [(row["added"], row["removed"], row["posts"], row["leader_posts"]) for row in history.records()]
        assert numbers == [(None,) * 4, (10, None, 10, None), (None, 3, 7, None), (2, None, None, 2)]


def test_the_history_tells_of_units_that_are_gone(tmp_path: Path) -> None:
    with create_ledger(str(tmp_path / "l.db"), officer="tester") as ledger:
        posts = {"type": "quota_set", "establishment": "administrative"}
        office = {"type": "unit_established", "kind": "organ", "effective_on": "2015-01-01"}
        entries: list[dict[str, Any]] = [
            {**office, "unit": "U", "name": "县"},
            *(
                {**office, "unit": code, "name": name, "parent": "U"}
                for code, name in zip("ABCD", "甲乙丙丁", strict=True)
            ),
            *({**posts, "unit": code, "posts": 5, "effective_on": "2015-02-01"} for code in "ABC"),
            {"type": "unit_renamed", "unit": "A", "name": "新甲", "effective_on": "2016-01-01"},
            {"type": "quota_cancelled", "unit": "A", "establishment": "administrative", "effective_on": "2017-01-01"},
            {"type": "unit_abolished", "unit": "A", "effective_on": "2018-01-01"},
            {"type": "unit_merged", "unit": "B", "into": "D", "effective_on": "2019-01-01"},
            {**office, "unit": "V", "name": "外县"},
            {"type": "unit_moved", "unit": "C", "parent": "V", "effective_on": "2020-01-01"},
            {**posts, "unit": "C", "posts": 9, "effective_on": "2021-01-01"},
        ]
        for entry in entries:
            assert not isinstance(ledger.record(entry), Refused), entry
        history = maker("establishment")(ledger, Asked("U", ledger.perspective(DAY))).blocks[1].records()
        told = [(row["effective_on"], row["name"], row["matter"], row["added"], row["removed"]) for row in history]
        assert [row for row in told if "甲" in str(row[1])] == [
            ("2015-01-01", "甲", "机构设立", None, None),
            ("2015-02-01", "甲", "核定编制", 5, None),
            ("2016-01-01", "新甲", "更名", None, None),
            ("2017-01-01", "新甲", "核销编制", None, 5),
            ("2018-01-01", "新甲", "撤销", None, None),
        ]
        assert ("2019-01-01", "乙", "合并") in [row[:3] for row in told]
        assert [row[:3] for row in told if row[1] == "丙"][-1] == (
            "2020-01-01",
            "丙",
            "隶属变更",
        )  # then it is elsewhere


def test_vacancies(town: Ledger, expected: dict[str, Any]) -> None:
    register = made(town, "vacancies")
    (block,) = register.blocks
    found = total(block)
    assert (found["quota"], found["on_roll"], found["vacant"], found["over"]) == (55, 46, 9, 0)
    assert found["present"] == expected["present"]
    assert [(row["quota"], row["on_roll"], row["vacant"]) for row in block.records()] == [(34, 29, 5), (21, 17, 4)]


def test_the_register_of_secondments_holds_those_of_the_answer(town: Ledger) -> None:
    register = made(town, "secondments")
    lent, borrowed = register.blocks
    running = {row["person"]: row for row in lent.records() if row["ended_on"] is None}
    answer = {row.person: row for row in town.secondments(town.perspective(DAY), unit="T1", role="home").rows}
    assert running.keys() == answer.keys()
    assert len(running) == 14
    for person, row in answer.items():
        told = running[person]
        assert (told["started_on"], told["extensions"], told["chain_days"]) == (
            row.started_on.isoformat(), row.extensions, row.chain_days,
        )  # fmt: skip
        assert told["state"] == ("超期" if row.days_overdue else "临期" if told["state"] == "临期" else "在借")
    assert borrowed.rows == []
    ended = {row["person"]: (row["state"], row["ended_on"]) for row in lent.records() if row["ended_on"] is not None}
    assert ended == {"BM1": ("返还", "2022-04-30"), "GS2": ("返还", "2022-05-20")}


def test_the_overdue_are_those_of_the_campaign_with_their_rules(town: Ledger) -> None:
    block, by_host, basis = made(town, "overdue").blocks
    lines = town.campaign(town.perspective(DAY), "T1").rows
    assert [row["person"] for row in block.records()] == [line.person for line in lines]
    assert [row["days_overdue"] for row in block.records()] == [line.days_overdue for line in lines]
    assert all("超期借调" in str(row["rules"]) for row in block.records())
    assert total(by_host)["all"] == len(lines)
    assert {"overdue_secondment", "long_away"} <= {row["code"] for row in basis.records()}


def test_the_monthly_report_closes_and_names_everybody(town: Ledger) -> None:
    first, last = month_of("2022-05")
    changes, names, late = made(town, "monthly", last, first=first).blocks
    found = total(changes)
    assert (found["before"], found["in"], found["out"], found["retired"], found["after"]) == (47, 0, 1, 1, 46)
    assert (found["quota_after"], found["vacancies"]) == (55, 9)
    assert all(row["check"] == "√" for row in changes.records())
    (gone,) = names.records()
    assert (gone["person"], gone["change"], gone["effective_on"]) == ("R06", "退休", "2022-05-31")
    assert late.rows == []
    assert "47 + 0 + 0 − 1 = 46" in changes.note


@pytest.mark.parametrize("month", ["2021-12", "2022-01", "2022-03", "2022-06"])
def test_every_month_closes(town: Ledger, month: str) -> None:
    first, last = month_of(month)
    changes = made(town, "monthly", last, first=first).blocks[0]
    for row in [*changes.records(), total(changes)]:
        numbers = [row[key] for key in ("before", "late", "in", "out", "after")]
        before, more, came, left, after = (int(one or 0) for one in numbers)
        assert before + more + came - left == after


def test_what_was_recorded_late_has_a_block_of_its_own(tmp_path: Path) -> None:
    instants = iter(f"2022-0{month}-15T08:00:00+00:00" for month in (3, 3, 3, 5, 5))
    from datetime import datetime

    clock = lambda: datetime.fromisoformat(next(instants, "2022-06-01T08:00:00+00:00"))  # noqa: E731
    with create_ledger(str(tmp_path / "l.db"), officer="tester", clock=clock) as ledger:
        hired = {"type": "hired", "unit": "U", "establishment": "administrative"}
        unit = {"type": "unit_established", "unit": "U", "name": "局", "kind": "organ"}
        ledger.record({**unit, "effective_on": "2015-01-01"})
        ledger.record({**hired, "person": "A", "name": "甲", "effective_on": "2020-01-01"})
        ledger.record({**hired, "person": "B", "name": "乙", "effective_on": "2021-01-01"})
        ledger.record({**hired, "person": "C", "name": "丙", "effective_on": "2022-05-02", "channel": "军转安置"})
        first, last = month_of("2022-05")
        changes, names, late = maker("monthly")(ledger, Asked("U", ledger.perspective(last), first)).blocks
        found = total(changes)
        assert (found["late"] or 0) + (found["before"] or 0) == 2
        assert (found["army"], found["after"]) == (1, 3)
        assert [row["name"] for row in names.records()] == ["丙"]
        assert {row["name"] for row in late.records()} <= {"甲", "乙"}
        assert len(late.rows) == (found["late"] or 0)


def test_departures_say_why_and_where_to(town: Ledger) -> None:
    (block,) = made(town, "departures", first=date(2021, 1, 1)).blocks
    by_person = {row["person"]: row for row in block.records()}
    assert (by_person["R06"]["change"], by_person["R06"]["before"]) == ("退休", "农业综合服务站")
    assert all(row["entry"] for row in block.records())


def test_the_board_shows_everybody_once(town: Ledger, expected: dict[str, Any]) -> None:
    (block,) = made(town, "whereabouts").blocks
    statuses = [row["status"] for row in block.records()]
    assert statuses.count("借出") == expected["seconded_out"]
    assert statuses.count("长期请假") == expected["on_leave"]
    assert statuses.count("编外在岗") + statuses.count("编外") == expected["off_establishment"]
    assert len({row["name"] for row in block.records()}) == len(block.rows) == 49


def test_retirements_are_those_of_the_forecast(town: Ledger) -> None:
    people, posts = made(town, "retirements").blocks
    answer = town.retirements(town.perspective(DAY), 12, "T1")
    assert [row["person"] for row in people.records()] == [one.person for one in answer.people]
    assert [row["retiring"] for row in posts.records()] == [one.retiring for one in answer.outlook]


def test_a_register_says_what_it_rests_on(town: Ledger) -> None:
    register = made(town, "establishment")
    assert register.head == ["填报单位：云溪镇(虚构名)（T1）", "截止日期：2022-06-30"]
    tip = town.verify().chain.tip.hex()
    assert register.footing.tip == tip
    assert any(tip[:16] in line for line in register.small_print)
    told = "\n".join(printed(register))
    assert "sledger explain --unit T1 --measure on_roll --on 2022-06-30 --known-at 210" in told


def test_a_register_says_under_which_seal_it_stands(tmp_path: Path) -> None:
    """The newest one that covers nothing the register did not know; without a seal nothing is said of one."""
    (tmp_path / "keys").mkdir()
    unit = {"type": "unit_established", "name": "局", "kind": "organ", "effective_on": "2015-01-01"}
    with create_ledger(str(tmp_path / "l.db"), officer="tester") as ledger:
        ledger.record({**unit, "unit": "U"})
        before = made_of(ledger, 1)
        make_key(tmp_path / "keys" / "seal", ledger.store.path)
        first = ledger.seal(tmp_path / "keys" / "seal")
        ledger.record({**unit, "unit": "V"})
        second = ledger.seal(tmp_path / "keys" / "seal")
        then, now = made_of(ledger, 1), made_of(ledger, 2)
    assert before.to_json()["seal"] is None
    assert not any("已加封" in line for line in before.small_print)
    for register, signed in ((then, first), (now, second)):
        told = register.to_json()
        assert (told["seal"]["position"], told["seal"]["tip"]) == (signed.seal.position, told["tip"])
        line = register.small_print[-1]
        parts = (signed.seal.tip.hex()[:16], signed.key_id.hex(), told["seal"]["sealed_at"])
        assert all(part in line for part in parts)
        page, sheet = BytesIO(), BytesIO()
        write(register, ".html", page)
        write(register, ".xlsx", sheet)
        assert line.encode() in page.getvalue()
        with zipfile.ZipFile(sheet) as archive:
            assert line.encode() in archive.read("xl/sharedStrings.xml")


def made_of(ledger: Ledger, known_at: int) -> Register:
    return maker("whereabouts")(ledger, Asked("U", ledger.perspective(DAY, known_at)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", MAKING)
def test_every_register_in_every_form_is_the_same_bytes_again(town: Ledger, name: str, form: str) -> None:
    files = []
    for _time in (1, 2):
        file = BytesIO()
        write(made(town, name), form, file)
        files.append(file.getvalue())
    assert files[0] == files[1]
    assert len(files[0]) > 200


def test_rows_have_room_for_every_line_of_their_texts(town: Ledger, tmp_path: Path) -> None:
    """No typeface of 11 points needs more than 16 for a line; a name of two lines is not cut at its end."""
    path = tmp_path / "m.xlsx"
    with path.open("wb") as file:
        write(made(town, "monthly"), ".xlsx", file)
    with zipfile.ZipFile(path) as archive:
        sheet = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314  our own file
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    least = float(sheet.find(f"{space}sheetFormatPr").get("defaultRowHeight", "0"))  # type: ignore[union-attr]
    heights = [float(row.get("ht", least)) for row in sheet.iter(f"{space}row")]
    assert min(heights) >= 16
    long = next(row for row, cells in read_workbook(path)[0].rows.items() if cells[0] == "人大政协工作办公室")
    assert heights[long] >= 2 * 16


def test_the_small_print_is_one_sentence(town: Ledger) -> None:
    register = made(town, "monthly")
    assert [note[-1] for note in register.notes] == ["。"]
    assert not any(line.endswith("。") for line in register.small_print)


def test_a_spreadsheet_holds_the_table_and_its_total(town: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    register = made(town, "vacancies")
    with path.open("wb") as file:
        write(register, ".xlsx", file)
    sheet = read_workbook(path)[0]
    assert sheet.rows[0][0] == "空编超编表"
    assert sheet.rows[3][1:7] == ["云溪镇(虚构名)", "行政", 34, 29, 5, 0]
    assert sheet.rows[5][:5] == ["合计", "", "", 55, 46]


CHARTS: dict[str, tuple[str, dict[str, list[int]], str]] = {
    "vacancies": (
        "核定与实有",
        {"核定编制": [34, 21], "实有在编": [29, 17], "空编": [5, 4], "超编": [0, 0]},
        "空编超编!$B$4:$C$5",
    ),
    "monthly": (
        "月初月末实有与增减",
        {
            "上月末实有": [10, 0, 3, 8, 3, 4, 7, 1, 5, 3, 3],
            "增小计": [0] * 11,
            "减小计": [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
            "本月末实有": [10, 0, 3, 8, 3, 4, 6, 1, 5, 3, 3],
        },
        "变动情况!$A$4:$B$14",
    ),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_shows_the_numbers_of_the_table(town: Ledger, name: str) -> None:
    first, last = month_of("2022-05")
    question = {"on": last, "first": first} if name == "monthly" else {}
    assert chart_of(made(town, name, **question)) == CHARTS[name]


def chart_of(register: Register) -> tuple[str, dict[str, list[int]], str]:
    """Title, numbers by series, and the cells of the labels, as a spreadsheet's chart has them."""
    file = BytesIO()
    write(register, ".xlsx", file)
    with zipfile.ZipFile(file) as archive:
        tree = ET.fromstring(archive.read("xl/charts/chart1.xml"))  # noqa: S314  written the line before
        assert b"<drawing " in archive.read("xl/chartsheets/sheet1.xml")

    def texts(node: ET.Element, path: str) -> list[str]:
        return [one.text or "" for one in node.iterfind(path, SPACES)]

    series = tree.findall(".//c:ser", SPACES)
    numbers = {texts(one, "c:tx//c:v")[0]: [int(text) for text in texts(one, "c:val//c:v")] for one in series}
    (labels,) = {texts(one, "c:cat//c:f")[0] for one in series}
    return "".join(texts(tree, "c:chart/c:title//a:t")), numbers, labels


def test_the_overdue_are_drawn_by_host_and_time(town: Ledger) -> None:
    register = made(town, "overdue")
    hosts = register.blocks[1].records()
    title, numbers, labels = chart_of(register)
    assert title == "各借入单位超期人数"
    assert numbers == {
        heading: [row[key] for row in hosts]
        for heading, key in zip(numbers, ("up_to_30", "up_to_180", "more"), strict=True)
    }
    assert labels == f"按借入单位!$A$4:$A${len(hosts) + 3}"


MAY = {"on": date(2022, 5, 31), "first": date(2022, 5, 1)}
YEARS = {"months": 36}
TRACED: dict[str, dict[str, Any]] = {"establishment": {}, "vacancies": {}, "monthly": MAY, "retirements": YEARS}


@pytest.mark.parametrize("unit", ["T1", "XIAN"])
@pytest.mark.parametrize("name", TRACED)
def test_the_command_beside_a_number_explains_that_number(town: Ledger, name: str, unit: str) -> None:
    register = maker(name)(town, replace(asked(town, **TRACED[name]), unit=unit))
    commands = list(traced(register))
    for one in commands:
        block = register.blocks[one.block]
        shown = (*block.rows, block.total or [])[one.row][one.column]
        key = block.fields[one.column].key
        value = explained(town, one.command)
        assert shown == (max(0, value) if key == "vacant" else max(0, -value) if key == "over" else value), one
    measures = [
        (number, row, column)
        for number, block in enumerate(register.blocks)
        for row, cells in enumerate(block.rows)
        for column, one in enumerate(block.fields)
        if one.measure in ("quota", "on_roll", "vacancies") and cells[column] is not None
    ]
    assert measures
    assert set(measures) <= {(one.block, one.row, one.column) for one in commands}


def explained(ledger: Ledger, command: str) -> int:
    """What `sledger explain` answers to a command of a register."""
    words = shlex.split(command)
    assert words[:2] == ["sledger", "explain"]
    told = CliRunner().invoke(app, ["--ledger", str(ledger.store.path), *words[1:], "--json"])
    assert told.exit_code == 0, command
    return int(json.loads(told.stdout)["value"])


@pytest.mark.parametrize("name", MAKING)
def test_every_register_names_questions_that_give_its_people(town: Ledger, name: str) -> None:
    """Each command that is printed below a register runs; so everything in it can be asked again."""
    register = made(town, name)
    commands = [line.partition("sledger ")[2].replace(" N", " 1") for line in printed(register)]
    assert commands
    for command in commands:
        told = CliRunner().invoke(app, ["--ledger", str(town.store.path), *shlex.split(command)])
        assert told.exit_code == 0, (command, told.output)


def test_a_spreadsheet_says_for_every_number_how_it_is_explained(town: Ledger, tmp_path: Path) -> None:
    with (tmp_path / "r.xlsx").open("wb") as file:
        write(made(town, "establishment"), ".xlsx", file)
    sheets = {sheet.name: sheet for sheet in read_workbook(tmp_path / "r.xlsx")}
    lines = [cells for cells in sheets["追溯办法"].rows.values() if len(cells) == 4]
    assert lines[0] == ["单元格", "单位名称", "项目", "命令"]
    for place, told, number, command in lines[1:]:
        name, _sign, cell = str(place).partition("!")
        column, row = ord(cell[0]) - ord("A"), int(cell[1:]) - 1
        shown, head = sheets[name].rows[row], sheets[name].rows[2]
        assert (head[column], explained(town, str(command))) == (number, shown[column])
        assert told == "　".join(text for text in (shown[1], shown[3]) if text) or shown[0] == told
    assert len(lines) == 1 + len(list(traced(made(town, "establishment"))))


def test_the_json_of_a_register_has_the_keys_of_its_schema(town: Ledger) -> None:
    for name in MAKING:
        assert list(schema.faults(made(town, name).to_json(), schema.load("report"))) == []


def test_markup_in_a_name_stays_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script>[/]=1+1"
    with create_ledger(str(tmp_path / "l.db"), officer="tester") as ledger:
        unit = {"type": "unit_established", "unit": "U", "name": name, "kind": "organ", "effective_on": "2015-01-01"}
        ledger.record(unit)
        hired = {"type": "hired", "person": "A", "name": name, "unit": "U", "establishment": "support"}
        ledger.record({**hired, "effective_on": "2015-01-01"})
        register = maker("whereabouts")(ledger, Asked("U", ledger.perspective(DAY)))
        page, paper = BytesIO(), BytesIO()
        write(register, ".html", page)
        write(register, ".docx", paper)
    assert b"<script>" not in page.getvalue()
    assert b"&lt;script&gt;" in page.getvalue()
    with zipfile.ZipFile(paper) as archive:
        assert b"&lt;script&gt;" in archive.read("word/document.xml")


def test_an_earlier_perspective_gives_the_earlier_register(town: Ledger) -> None:
    question = asked(town)
    early = replace(question, perspective=replace(question.perspective, known_at=100))
    assert maker("whereabouts")(town, early).to_json() != maker("whereabouts")(town, question).to_json()
