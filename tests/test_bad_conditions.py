"""A disk that fills up, a share of another machine, a clock that goes backwards, two time zones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.application import Receipt
from ledger.bootstrap import create_ledger, open_ledger
from ledger.domain.faults import OnAShare
from ledger.domain.time import shown_instant
from ledger.interchange.jsonl import import_lines
from ledger.persistence import places
from tests.scenario_runs import SCENARIOS

ROOT = Path(__file__).parents[1]

# ---------------------------------------------------------------- a full disk

MOUNT = 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"'


def own_filesystem() -> list[str] | None:
    """How to run a program with a small filesystem of its own; None where the system forbids it."""
    unshare = shutil.which("unshare")
    ways = [[unshare, "--mount"], [unshare, "--user", "--map-root-user", "--mount"]] if unshare else []
    for way in ways:
        tried = subprocess.run([*map(str, way), "sh", "-c", MOUNT, "/mnt", "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return [*map(str, way), "sh", "-c", MOUNT]
    return None


def run_full_disk(command: list[str], folder: Path) -> Any:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_full_disk_takes_nothing_away_and_leaves_no_half_entry(tmp_path: Path) -> None:
    """On a filesystem of 2 MB: one sentence, reading goes on, recording goes on once there is space again."""
    small = own_filesystem()
    program = [sys.executable, "-m", "tests.full_disk", str(tmp_path)]
    if small is None:  # no file may then grow beyond 2 MB; the system says so with another error than a full disk
        limited = "import resource, signal, runpy, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (2**21, 2**21)); sys.argv = sys.argv[1:]; "
        limited += "runpy.run_module('tests.full_disk', run_name='__main__')"
        told = run_full_disk([sys.executable, "-c", limited, "tests.full_disk", str(tmp_path)], tmp_path)
        assert told.pop("code") in ("disk_full", "ledger_unreadable")
        assert told["newest"] == told["acknowledged"]
        assert told["whole"]
        return
    told = run_full_disk([*small, str(tmp_path), *program], tmp_path)
    assert told["acknowledged"] == told["newest"] > 50
    assert told["code"] == "disk_full"
    assert (told["reading"], told["whole"]) == (True, True)
    assert (told["backup"], told["left"]) == ("refused", [])
    assert (told["afterwards"], told["whole_afterwards"]) == (True, True)


# ---------------------------------------------------------------- a network share

MOUNTINFO = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:25 / /mnt/office\\040share rw - {kind} server:/export rw
31 30 254:1 / /mnt/office\\040share/disk rw - xfs /dev/vdb rw
an odd line
"""


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "fuse.sshfs"])
def test_a_file_on_a_share_is_refused_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    path = tmp_path / "ledger.db"
    create_ledger(str(path)).close()
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"22 1 254:0 / / rw - ext4 /dev/vda rw\n30 22 0:25 / {tmp_path} rw - {kind} server:/export rw\n")
    monkeypatch.setattr(places, "MOUNTS", mounts)
    with pytest.raises(OnAShare, match=rf"network share \({kind}\)") as caught:
        open_ledger(str(path))
    assert caught.value.exit_status == 4
    assert "PostgreSQL" in caught.value.remedy
    with pytest.raises(OnAShare):
        create_ledger(str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("path", "share"),
    [
        ("/mnt/office share/a.db", "nfs"),
        ("/mnt/office share/folder/a.db", "nfs"),
        ("/mnt/office share/disk/a.db", None),
        ("/mnt/office/a.db", None),
        ("/srv/a.db", None),
    ],
)
def test_the_nearest_mount_says_where_a_file_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, share: str | None
) -> None:
    monkeypatch.setattr(places, "MOUNTS", tmp_path / "mountinfo")
    assert places.share_of(Path(path)) is None
    (tmp_path / "mountinfo").write_text(MOUNTINFO.format(kind="nfs"))
    assert places.share_of(Path(path)) == share


# ---------------------------------------------------------------- clocks and time zones


def test_a_clock_that_goes_backwards_changes_no_order(ledger_url: str) -> None:
    """What was known at the end of a day stays what was known then, also when the clock later says an earlier day."""
    clock = [datetime(2022, 6, 1, 4, tzinfo=UTC)]
    with create_ledger(ledger_url, clock=lambda: clock[0]) as ledger:
        county = {"type": "unit_established", "unit": "C", "name": "县", "kind": "jurisdiction"}
        ledger.record({"effective_on": "2020-01-01", **county})
        instants = []
        for hours in (1, -48, -400, 2, 30):
            clock[0] += timedelta(hours=hours)
            entry = {"type": "unit_renamed", "effective_on": "2021-01-01", "unit": "C", "name": f"县{hours}"}
            answer = ledger.record(entry)
            assert isinstance(answer, Receipt)
            instants.append(answer.recorded_at)
        assert instants == sorted(set(instants))
        for position, instant in enumerate(instants, 2):
            assert ledger.perspective(known_at=shown_instant(instant)).known_at == position
        assert ledger.verify().ok


ASKED = (
    ("headcount", "--known-at", "2022-03-31"),
    ("headcount", "--on", "2022-06-30"),
    ("log",),
    ("log", "--known-at", "2022-03-31T23:30"),
    ("secondments",),
    ("status",),
)
ZONES = ("Asia/Shanghai", "America/New_York", "UTC")


def test_two_offices_in_different_time_zones_are_told_the_same(tmp_path: Path) -> None:
    """Dates are dates in Asia/Shanghai, wherever the program runs (spec 1.1); so is today."""
    clock = [datetime(2022, 3, 31, 15, 59, 59, tzinfo=UTC)]
    with create_ledger(str(tmp_path / "ledger.db"), clock=lambda: clock[0]) as ledger:
        import_lines(ledger, SCENARIOS / "town-2022.jsonl")
        clock[0] += timedelta(seconds=2)  # in Asia/Shanghai it is April now
        ledger.record({"type": "unit_renamed", "effective_on": "2022-04-01", "unit": "T1", "name": "新"})
    told: dict[str, list[str]] = {}
    for zone in ZONES:
        environment = {**os.environ, "TZ": zone, "PYTHONPATH": str(ROOT), "SLEDGER_LEDGER": str(tmp_path / "ledger.db")}
        code = "import sys; from click.testing import CliRunner; from ledger.cli.app import app\n"
        code += f"for words in {ASKED!r}: print(CliRunner().invoke(app, [*words, '--json']).stdout)"
        run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
        told[zone] = run.stdout.decode().splitlines()
    assert all(lines == told["UTC"] for lines in told.values())
    [known_in_march] = [json.loads(line) for line in told["UTC"][:1]]
    assert known_in_march["known_at"] == 210
    assert date.fromisoformat(known_in_march["as_of"]) >= date(2022, 4, 1)
