"""The tree of a (D, K) as arrays: told by cases, and compared with the units' own answers at random."""

from __future__ import annotations

import random
from datetime import date

import numpy as np

from ledger.bootstrap import Ledger
from ledger.domain.time import FOREVER, Perspective
from ledger.queries.planting import Rows, plant
from ledger.queries.tree import NOWHERE, Tree, tree_of
from tests.queries.conftest import History
from tests.queries.makers import county, on, unit


def tree_at(ledger: Ledger, day: str, known_at: int | None = None) -> Tree:
    with ledger.view(ledger.perspective(date.fromisoformat(day), known_at)) as view:
        return tree_of(view)


def test_units_stand_depth_first_and_siblings_by_code(ledger_url: str) -> None:
    with county(ledger_url) as ledger:
        tree = tree_at(ledger, "2020-01-01")
        assert tree.codes == ["X", "C1", "T1", "T1-A", "T1-B", "T2"]
        assert list(tree.parents) == [NOWHERE, 0, 0, 2, 2, 0]
        assert list(tree.ends[:-1]) == [6, 2, 5, 4, 5, 6]
        assert sorted(tree.inner) == [0, 2]


def test_two_offices_meet_in_their_town_and_two_towns_in_the_county(ledger_url: str) -> None:
    with county(ledger_url, unit("Y", "jurisdiction")) as ledger:
        tree = tree_at(ledger, "2020-01-01")
        place = {code: number for number, code in enumerate(tree.codes)}
        assert tree.meeting(place["T1-A"], place["T1-B"]) == place["T1"]
        assert tree.meeting(place["T1-A"], place["T1"]) == place["T1"]
        assert tree.meeting(place["T2"], place["T1-B"]) == place["X"]
        assert tree.meeting(place["Y"], place["T2"]) == NOWHERE


def test_what_hung_below_a_merged_unit_stands_below_its_heir(ledger_url: str) -> None:
    merged = on("2021-01-01", "unit_merged", unit="T1", into="T2")
    with county(ledger_url, merged) as ledger:
        tree = tree_at(ledger, "2021-01-01")
        assert tree.codes == ["X", "C1", "T2", "T1-A", "T1-B"]
        with ledger.view(ledger.perspective()) as view:
            assert tree.place_of_slot[view.shape.slot_of_code["T1"]] == tree.codes.index("T2")
        assert tree_at(ledger, "2020-12-31").codes == ["X", "C1", "T1", "T1-A", "T1-B", "T2"]


def test_days_without_an_event_between_them_share_a_tree_and_others_do_not(ledger_url: str) -> None:
    renamed = on("2021-01-01", "unit_renamed", unit="T1", name="the first town")
    with county(ledger_url, renamed) as ledger:
        before, same, after = (tree_at(ledger, day) for day in ("2020-01-01", "2020-12-31", "2021-01-01"))
        assert before is same
        assert (before.names[2], after.names[2]) == ("unit T1", "the first town")
        assert tree_at(ledger, "2021-01-01", 6).names[2] == "unit T1"


def test_units_above_each_other_in_a_ring_stand_nowhere() -> None:
    always = [np.array([one] * 4) for one in (0, FOREVER, 0, FOREVER)]
    parents, slots = np.array([NOWHERE, 0, 2, 3]), np.array([0, 1, 3, 2])  # 0 above 1; 2 and 3 above each other
    planted = plant(Rows(always, slots, parents, np.arange(4), [], []), 10, 10)
    assert planted.order.tolist() == [0, 1]
    assert planted.ends[:-1].tolist() == [2, 2]
    assert planted.place_of_slot.tolist()[:4] == [0, 1, NOWHERE, NOWHERE]


def test_a_tree_is_what_the_units_say_one_by_one(history: History) -> None:
    ledger, days, newest = history
    source = random.Random(8)
    for day in days:
        p = Perspective(day, source.choice([newest, source.randrange(1, newest + 1)]))
        with ledger.view(p) as view:
            structure, tree = view.structure, tree_of(view)
            assert sorted(tree.codes) == sorted(code for code in structure.units() if structure.exists(code, view.day))
            for place, code in enumerate(tree.codes):
                above = tree.parents[place]
                assert structure.parent(code, view.day) == (None if above == NOWHERE else tree.codes[above])
                run = tree.codes[place : tree.ends[place]]
                existing = {one for one in structure.members(code, view.day) if structure.exists(one, view.day)}
                assert set(run) == existing
                assert tree.names[place] == structure.version(code, view.day).name  # type: ignore[union-attr]
            for code, slot in view.shape.slot_of_code.items():
                now = structure.canonical(code, view.day)
                place = tree.place_of_slot[slot]
                assert now == (None if place == NOWHERE else tree.codes[place])
