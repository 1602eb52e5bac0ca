"""Units through time: existence by days, the charge tree, mergers, statutory units (spec 1.2)."""

from __future__ import annotations

import pytest

from ledger.domain.facts import Illegal
from ledger.domain.units import Structure, fold_unit
from tests.domain.makers import COUNTY, Entry, day, facts, on, structure_of, unit

LATER = day("2022-06-30")


@pytest.mark.parametrize(
    ("code", "statutory"),
    [
        ("C", "C"),  # the jurisdiction itself
        ("T1", "T1"),
        ("T1-A", "T1"),  # an office is part of its town
        ("J1-A", "J1"),
        ("TF", "TF"),  # a county's task force is its own host, not the whole county
        ("TF-A", "TF"),
        ("D", "D"),  # a dispatched office counts for itself
    ],
)
def test_the_statutory_unit(code: str, statutory: str) -> None:
    assert structure_of(*COUNTY).statutory(code, LATER) == statutory


def test_an_office_directly_under_the_county_is_its_own_statutory_unit() -> None:
    structure = structure_of(
        *COUNTY, unit("O", "internal_office", parent="C"), unit("O-1", "internal_office", parent="O")
    )
    assert structure.statutory("O", LATER) == "O"
    assert structure.statutory("O-1", LATER) == "O"


def test_existence_is_a_matter_of_days() -> None:
    structure = structure_of(
        unit("C", "jurisdiction"),
        unit("N", "organ", "2021-01-01", parent="C"),
        on("2022-01-01", "unit_abolished", unit="N"),
    )
    found = [structure.exists("N", day(on)) for on in ("2020-12-31", "2021-01-01", "2021-12-31", "2022-01-01")]
    assert found == [False, True, True, False]
    assert structure.known("N")


def merged() -> Structure:
    return structure_of(
        *COUNTY,
        on("2021-01-01", "unit_merged", unit="T2", into="T1"),
        on("2021-06-01", "unit_merged", unit="T1", into="J1"),
    )


@pytest.mark.parametrize(
    ("on", "canonical"),
    [("2020-12-31", "T2"), ("2021-01-01", "T1"), ("2021-05-31", "T1"), ("2021-06-01", "J1"), ("2018-12-31", None)],
)
def test_mergers_are_followed_on_their_days(on: str, canonical: str | None) -> None:
    assert merged().canonical("T2", day(on)) == canonical


def test_children_and_offices_go_along_with_a_merger() -> None:
    structure = merged()
    assert structure.parent("T1-A", day("2021-05-31")) == "T1"
    assert structure.parent("T1-A", day("2021-06-01")) == "J1"
    assert structure.statutory("T1-A", day("2021-06-01")) == "J1"
    assert structure.children("J1", day("2021-06-01")) == ["D", "J1-A", "T1-A", "T1-B"]
    assert structure.members("J1", day("2021-06-01")) == {"J1", "J1-A", "D", "T1", "T2", "T1-A", "T1-B"}
    assert structure.merged_into("J1", day("2021-06-01")) == {"J1", "T1", "T2"}


def test_an_office_merged_with_its_station_works_at_home_again() -> None:
    before = structure_of(*COUNTY)
    assert before.stationed({"T1"}, LATER) == {"D"}
    after = structure_of(*COUNTY, on("2021-01-01", "unit_merged", unit="T1", into="D"))
    assert after.stationed({"T1", "D"}, LATER) == set()


def test_a_move_holds_from_its_day_on() -> None:
    structure = structure_of(*COUNTY, on("2021-01-01", "unit_moved", unit="T1-A", parent="J1"))
    assert structure.path("T1-A", day("2020-12-31")) == ["T1-A", "T1", "C"]
    assert structure.path("T1-A", day("2021-01-01")) == ["T1-A", "J1", "C"]


def test_the_last_of_several_entries_of_one_day_holds() -> None:
    structure = structure_of(
        *COUNTY,
        on("2021-01-01", "unit_moved", unit="T1-A", parent="J1"),
        on("2021-01-01", "unit_moved", unit="T1-A", parent="T2"),
    )
    assert structure.parent("T1-A", LATER) == "T2"
    assert len(structure.versions("T1-A")) == 2


def test_a_level_comes_from_above() -> None:
    structure = structure_of(*COUNTY)
    assert structure.level("T1-A", LATER) == "township"
    assert structure.level("TF-A", LATER) == "county"


def test_the_units_above_through_time() -> None:
    structure = structure_of(
        *COUNTY,
        on("2021-01-01", "unit_moved", unit="T1-A", parent="J1"),
    )
    spans = {above: (first, last) for above, first, last in structure.above_over_time("T1-A") if above in ("T1", "J1")}
    assert spans["T1"] == (day("2019-01-01"), day("2021-01-01"))
    assert spans["J1"][0] == day("2021-01-01")


@pytest.mark.parametrize(
    ("moves", "first"),
    [
        ([on("2021-01-01", "unit_moved", unit="T1", parent="T1-A")], "2021-01-01"),
        ([on("2021-01-01", "unit_moved", unit="C", parent="T2")], "2021-01-01"),
        (
            [
                on("2021-01-01", "unit_moved", unit="T1", parent="T2"),
                on("2022-01-01", "unit_moved", unit="T2", parent="T1"),
            ],
            "2022-01-01",
        ),
        ([on("2021-01-01", "unit_merged", unit="T1", into="T1-A")], "2021-01-01"),
    ],
)
def test_no_unit_stands_above_itself(moves: list[Entry], first: str) -> None:
    found = structure_of(*COUNTY, *moves).cycle_from(moves[-1]["unit"], day("2019-01-01"))
    assert found is not None
    assert found[0] == day(first)


@pytest.mark.parametrize(
    ("entries", "illegal"),
    [
        ([on("2020-01-01", "unit_renamed", name="新名")], ("unit_unknown", 1)),
        ([unit("U"), unit("U", "organ", "2021-01-01")], ("unit_code_used", 2)),
        ([unit("U", "organ", "2021-01-01"), unit("U")], ("unit_code_used", 2)),
        ([unit("U"), on("2018-12-31", "unit_renamed", name="新名")], ("unit_not_existing", 2)),
        (
            [unit("U"), on("2021-01-01", "unit_abolished"), on("2021-01-01", "unit_renamed", name="新名")],
            ("unit_not_existing", 3),
        ),
        (
            [unit("U"), on("2021-01-01", "unit_renamed", name="新名"), on("2021-01-01", "unit_abolished")],
            ("unit_not_existing", 2),
        ),
        (
            [unit("U"), on("2021-01-01", "unit_abolished"), on("2022-01-01", "unit_merged", into="C")],
            ("unit_not_existing", 3),
        ),
        ([unit("U", "task_force")], ("parent_required", 1)),
        ([unit("U", "organ", stationed_at="T1")], ("not_dispatched", 1)),
        ([unit("U"), on("2020-01-01", "unit_stationed", stationed_at=None)], ("not_dispatched", 2)),
        ([unit("U", "dispatched_office"), on("2020-01-01", "unit_stationed", stationed_at="T1")], None),
    ],
)
def test_legal_in_the_life_of_one_unit(entries: list[Entry], illegal: tuple[str, int] | None) -> None:
    found = fold_unit("U", facts(*({"unit": "U", **entry} for entry in entries)))
    assert ((found.code, found.fact.position) if isinstance(found, Illegal) else None) == illegal


def test_a_unit_ended_on_the_day_it_began_never_existed() -> None:
    structure = structure_of(unit("U", "organ", "2021-01-01"), on("2021-01-01", "unit_abolished", unit="U"))
    assert not structure.exists("U", day("2021-01-01"))
