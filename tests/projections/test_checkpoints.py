"""Checkpoints, late and early changes: with bounds so small that a short history crosses all of them."""

from __future__ import annotations

import random
from datetime import date

import pytest

from ledger.application import Receipt
from ledger.bootstrap import Ledger, create_ledger
from ledger.domain.time import Perspective
from ledger.projections import catching_up, checkpoints, frontier, tally, writer
from ledger.projections.checkpoints import month_ends
from tests.oracle_entries import random_history
from tests.oracle_makers import START
from tests.twins import plain, the_day_of_recording


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint every 20 entries, blocks of 7, and 5 positions still read one by one."""
    monkeypatch.setattr(catching_up, "EVERY", 20)
    for module in (frontier, writer, tally):
        monkeypatch.setattr(module, "BLOCK", 7)
    monkeypatch.setattr(checkpoints, "NEAR", 5)


def recorded(url: str, seed: int, count: int) -> Ledger:
    entries, _, _ = random_history(seed, count)
    ledger = create_ledger(url, clock=the_day_of_recording)
    for entry in entries:
        ledger.record(plain(entry))
    return ledger


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize("seed", [3, 11])
def test_columns_from_checkpoints_equal_the_counts_of_each_unit(ledger_url: str, seed: int) -> None:
    with recorded(ledger_url, seed, 80) as ledger:
        source = random.Random(seed)
        newest = ledger.perspective().known_at
        for _ in range(12):
            day = date.fromordinal(START.toordinal() + source.randrange(-40, 2000))
            p = Perspective(day, source.choice([newest, source.randrange(1, newest + 1)]))
            for own in (False, True):
                for row in ledger.headcount(p, own=own).rows:
                    assert ledger.headcount(p, unit=row.unit, own=own).rows == (row,), (p, own)


@pytest.mark.usefixtures("small_bounds")
def test_many_entries_that_move_nobody_leave_settled_checkpoints_as_they_are(ledger_url: str) -> None:
    office = {"type": "unit_established", "unit": "T", "name": "镇", "kind": "organ"}
    hired = {"type": "hired", "person": "P1", "name": "赵一", "unit": "T", "establishment": "administrative"}
    with create_ledger(ledger_url, clock=the_day_of_recording) as ledger:
        ledger.record({**office, "effective_on": "2020-01-01"})
        ledger.record({**hired, "effective_on": "2020-01-02"})
        for number in range(60):
            told = {"type": "person_described", "person": "P1", "name": f"赵一{number}"}
            assert isinstance(ledger.record({**told, "effective_on": "2021-06-01"}), Receipt)
        assert ledger.verify().ok
        [row] = ledger.headcount(ledger.perspective(date(2021, 7, 1))).to_json()["rows"]
        assert row["on_roll"] == 1


@pytest.mark.usefixtures("small_bounds")
def test_live_and_rebuilt_tables_are_the_same(ledger_url: str) -> None:
    with recorded(ledger_url, 7, 90) as ledger:
        assert ledger.verify().ok
        ledger.rebuild()
        assert ledger.verify().ok


@pytest.mark.usefixtures("small_bounds")
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("headcount_delta", "UPDATE headcount_delta SET amount = amount + 1 WHERE position < 40"),
        ("person_period", "UPDATE person_period SET unit = unit + 1 WHERE person < 40"),
        ("unit_period", "DELETE FROM unit_period WHERE unit = 1"),
        (
            "headcount_checkpoint",
            "UPDATE headcount_checkpoint SET cells = (SELECT cells FROM headcount_checkpoint ORDER BY day LIMIT 1)",
        ),
    ],
)
def test_a_foreign_change_to_a_read_table_is_found_by_its_name(ledger_url: str, table: str, change: str) -> None:
    with recorded(ledger_url, 7, 60) as ledger:
        with ledger.store.write() as unit:
            unit.conn.exec_driver_sql(change)
        found = {difference.table for difference in ledger.verify().tables}
        assert table in found
        ledger.rebuild()
        assert ledger.verify().ok


@pytest.mark.parametrize("most", [0, 255, 256, 65_535, 65_536, -1])
def test_counts_of_any_size_come_out_of_a_blob_as_they_went_in_and_later_units_have_none(most: int) -> None:
    cells = checkpoints.no_counts(3)
    cells[0] = (most, 0, 7)
    found = checkpoints.unpack(checkpoints.pack(cells), 5)
    assert found[0].tolist() == [most, 0, 7, 0, 0]
    assert found.sum() == cells.sum()


def test_month_ends_are_the_last_days_of_their_months() -> None:
    first, last = date(2023, 12, 31).toordinal(), date(2024, 3, 30).toordinal()
    ends = [date.fromordinal(day).isoformat() for day in month_ends(first, last)]
    assert ends == ["2023-12-31", "2024-01-31", "2024-02-29"]
