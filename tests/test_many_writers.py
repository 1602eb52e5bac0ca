"""Four programs record at once through the whole application: nothing is lost, the chain stays whole."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from ledger.application import Receipt
from ledger.bootstrap import create_ledger, open_ledger
from ledger.domain.refusals import Refused
from tests.interrupted import fixed_clock

WRITERS = 4
PEOPLE = 6
COUNTY = [
    {"type": "unit_established", "unit": "C", "name": "县", "kind": "jurisdiction"},
    *(
        {"type": "unit_established", "unit": f"J{n}", "name": f"局{n}", "kind": "organ", "parent": "C"}
        for n in range(WRITERS)
    ),
]


def record(url: str, writer: int) -> list[tuple[int, bool]]:
    """One officer's morning: own people are hired, lent to the next bureau and fetched back; all four tell the same
    entry once, and all four want to hire the same person.
    """
    told: list[tuple[int, bool]] = []
    with open_ledger(url, officer=f"officer {writer}", clock=fixed_clock) as ledger:

        def tell(**entry: object) -> None:
            answer = ledger.record({"effective_on": "2022-01-01", **entry})
            assert isinstance(answer, Receipt), answer
            told.append((answer.position, answer.already_recorded))

        for number in range(PEOPLE):
            person = f"P{writer}-{number}"
            home, host = f"J{writer}", f"J{(writer + 1) % WRITERS}"
            tell(type="hired", person=person, name="赵天", unit=home, establishment="administrative")
            with ledger.recording() as recording:
                for entry in (
                    {"type": "secondment_started", "effective_on": "2022-02-01", "host": host, "until": "2022-07-31"},
                    {"type": "secondment_ended", "effective_on": "2022-03-01"},
                ):
                    answer = recording.record({**entry, "person": person})
                    assert isinstance(answer, Receipt)
                    told.append((answer.position, answer.already_recorded))
            tell(type="unit_renamed", effective_on="2022-05-01", unit=home, name=f"{home} {number}")
            tell(type="census_claimed", unit="C", source="月报", measures={"on_roll": number}, id=f"claim {number}")
        ledger.record(  # all but one of the four are refused
            {
                "type": "hired",
                "effective_on": "2022-01-01",
                "person": "one",
                "name": "赵天",
                "unit": "C",
                "establishment": "support",
            }
        )
    return told


def test_programs_record_at_the_same_time(ledger_url: str) -> None:
    with create_ledger(ledger_url, clock=fixed_clock) as ledger:
        for entry in COUNTY:
            assert not isinstance(ledger.record({"effective_on": "2020-01-01", **entry}), Refused)
        with ProcessPoolExecutor(WRITERS, mp_context=multiprocessing.get_context("spawn")) as programs:
            told = list(programs.map(record, [ledger_url] * WRITERS, range(WRITERS)))

        recorded = sorted(position for some in told for position, already in some if not already)
        entries = len(COUNTY) + WRITERS * PEOPLE * 4 + PEOPLE + 1
        positions = [line.position for line in ledger.log().entries]
        assert positions == list(range(1, entries + 1))
        assert set(recorded) | set(range(1, len(COUNTY) + 1)) == set(positions) - positions_of(ledger, "one")
        assert len(recorded) == len(set(recorded))
        assert sum(already for some in told for _, already in some) == (WRITERS - 1) * PEOPLE

        found = ledger.verify()
        assert found.ok, found.to_json()
        [county] = ledger.headcount(ledger.perspective(), unit="C").rows
        assert county.on_roll == WRITERS * PEOPLE + 1
        before = [row.to_json() for row in ledger.headcount(ledger.perspective()).rows]
        ledger.rebuild()
        assert [row.to_json() for row in ledger.headcount(ledger.perspective()).rows] == before


def positions_of(ledger: object, person: str) -> set[int]:
    return {line.position for line in ledger.log(person=person).entries}  # type: ignore[attr-defined]
