"""A program killed at any moment leaves a ledger that goes on as if nothing had happened."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.bootstrap import create_ledger, open_ledger
from ledger.interchange.jsonl import import_lines
from tests.interrupted import fixed_clock
from tests.scenario_runs import SCENARIOS

ROOT = Path(__file__).parents[1]
Json = dict[str, Any]
KILLS = 3
"""How many times each import is killed here; tests.soak kills it many more times."""


def run(what: str, url: str, file: Path, moment: int) -> Json | None:
    """What the program tells; None when it was killed at the moment."""
    command = [sys.executable, "-m", "tests.interrupted", what, url, str(file), str(moment)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if moment and done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    told: Json = json.loads(done.stdout)
    return told


def lines() -> list[Json]:
    """The seed town, without ids where nothing refers to them, with repeated and refused lines among them."""
    text = (SCENARIOS / "town-2022.jsonl").read_text("utf-8").splitlines()
    entries: list[Json] = [json.loads(line) for line in text]
    named = {entry["entry"] for entry in entries if "entry" in entry}
    for number, entry in enumerate(entries):
        if number % 3 == 0 and entry["id"] not in named and entry["type"] != "unit_established":
            del entry["id"]
    claims = {
        "type": "census_claimed",
        "effective_on": "2022-06-30",
        "unit": "T01",
        "source": "重复行",
        "measures": {"on_roll": 1},
    }
    early = {"type": "departed", "effective_on": "2030-01-01", "person": "DZ2", "reason": "retired"}
    unknown = {
        "type": "departed",
        "effective_on": "2022-06-30",
        "person": "nobody",
        "reason": "retired",
        "id": "refused",
    }
    return [{**early, "id": "too early"}, *entries[:50], claims, claims, unknown, *entries[50:], claims, unknown]


def lines_file(folder: Path) -> Path:
    path = folder / "town.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines()), "utf-8")
    return path


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lines_file(tmp_path_factory.mktemp("interrupted"))


def everything(url: str) -> Json:
    """All that must not depend on interruptions: every entry with its place, and the answers that rest on them."""
    with open_ledger(url) as ledger:
        assert ledger.verify().ok
        log = ledger.log().to_json()["entries"]
        newest = ledger.perspective().known_at
        return {
            "log": [{key: line[key] for key in line if key != "recorded_at"} for line in log],
            "unfinished": "unfinished_import" in ledger.status()["notes"],
            "headcounts": [
                ledger.headcount(ledger.perspective(None, known_at)).to_json() for known_at in range(0, newest, 50)
            ],
            "now": ledger.headcount(ledger.perspective()).to_json(),
            "away": ledger.secondments(ledger.perspective()).to_json(),
        }


def never_interrupted(file: Path, folder: Path) -> tuple[Json, Json]:
    """What the whole import tells, and the ledger it makes."""
    url = str(folder / "whole.db")
    create_ledger(url, clock=fixed_clock).close()
    told = run("import", url, file, 0)
    assert told is not None
    return told, everything(url)


@pytest.fixture(scope="session")
def whole(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Json, Json]:
    return never_interrupted(file, tmp_path_factory.mktemp("whole"))


def is_complete(url: str) -> bool:
    """Whether the import was killed only when its last transaction stood: then it is over, whatever was told."""
    with open_ledger(url) as ledger:
        return ledger.perspective().known_at > 0 and "unfinished_import" not in ledger.status()["notes"]


def check_killed_import(url: str, file: Path, whole: tuple[Json, Json], moments: Callable[[int], list[int]]) -> int:
    """Kill the import at each of these moments in turn, until it comes to its end; how often it was killed."""
    told, ledger = whole
    create_ledger(url, clock=fixed_clock).close()
    killed = 0
    for moment in [*moments(told["moments"]), 0]:
        last = run("import", url, file, moment)
        if last is not None:
            assert last["positions"] == told["positions"]
            assert last["recorded"] + last["already_recorded"] == told["recorded"] + told["already_recorded"]
            assert last["refused"] == told["refused"]
        killed += last is None
        if last is not None or is_complete(url):
            break
    assert everything(url) == ledger
    return killed


@pytest.mark.slow
def test_a_killed_import_run_again_makes_the_same_ledger(ledger_url: str, file: Path, whole: tuple[Json, Json]) -> None:
    dice = random.Random(2022)
    check_killed_import(ledger_url, file, whole, lambda count: [dice.randrange(1, count // 2) for _ in range(KILLS)])


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_form_sent_twice_is_recorded_once(ledger_url: str, tmp_path: Path, moment: str) -> None:
    form = {
        "type": "unit_established",
        "effective_on": "2020-01-01",
        "unit": "C",
        "name": "县",
        "kind": "jurisdiction",
        "id": "form 1",
    }
    file = tmp_path / "form.json"
    file.write_text(json.dumps(form), "utf-8")
    create_ledger(ledger_url, clock=fixed_clock).close()
    last = 0
    for number in range(2):  # the moments of a form are counted on another one in the same ledger
        other = tmp_path / f"other {number}.json"
        other.write_text(json.dumps({**form, "id": f"other {number}", "unit": f"X{number}"}), "utf-8")
        counted = run("record", ledger_url, other, 0)
        assert counted is not None
        last = counted["moments"]
    assert run("record", ledger_url, file, last if moment == "after the commit" else last - 1) is None
    with open_ledger(ledger_url, clock=fixed_clock) as ledger:
        assert ledger.perspective().known_at == (3 if moment == "after the commit" else 2)
        receipt = ledger.record(form)
        assert receipt.position == 3  # type: ignore[union-attr]
        assert receipt.already_recorded is (moment == "after the commit")  # type: ignore[union-attr]
        assert ledger.record({**form, "name": "另一县"}).code == "id_reused"  # type: ignore[union-attr]
        assert ledger.perspective().known_at == 3
        assert ledger.verify().ok


def test_a_killed_init_leaves_no_half_ledger(sqlite_url: str) -> None:
    whole = run("init", sqlite_url, Path("-"), 0)
    assert whole is not None
    Path(sqlite_url).unlink()
    dice = random.Random(2022)
    for moment in sorted({*dice.sample(range(1, whole["moments"]), KILLS), whole["moments"]}):
        assert run("init", sqlite_url, Path("-"), moment) is None
        if Path(sqlite_url).exists():  # then it is one
            everything(sqlite_url)
            Path(sqlite_url).unlink()
    assert run("init", sqlite_url, Path("-"), 0) is not None
    everything(sqlite_url)


def test_a_killed_rebuild_leaves_a_ledger_that_answers_as_before(ledger_url: str, file: Path) -> None:
    with create_ledger(ledger_url, clock=fixed_clock) as ledger:
        import_lines(ledger, file)
    before = everything(ledger_url)
    whole = run("rebuild", ledger_url, Path("-"), 0)
    assert whole is not None
    dice = random.Random(2022)
    for moment in sorted(dice.sample(range(1, whole["moments"]), KILLS)):
        assert run("rebuild", ledger_url, Path("-"), moment) is None
        assert everything(ledger_url) == before
    assert run("rebuild", ledger_url, Path("-"), 0) is not None
    assert everything(ledger_url) == before


def test_a_file_imported_twice_is_recorded_once(tmp_path: Path, file: Path) -> None:
    """Only what was refused is judged again: the first line is legal once the others are recorded."""
    with create_ledger(str(tmp_path / "twice.db"), clock=fixed_clock) as ledger:
        first = import_lines(ledger, file)
        again = import_lines(ledger, file)
        assert (again.recorded, again.already_recorded) == (1, first.recorded + first.already_recorded)
        assert again.positions == {**first.positions, "too early": first.recorded + 1}
