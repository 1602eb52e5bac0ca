"""Units that lent out too many, or have too few at their desks (spec 1.6)."""

from __future__ import annotations

from tests.queries.makers import Entry, county, evidence, found, hire, loan, on, record, unit

TOWN = "unit:T1"


def town(people: int, kind: str = "administrative") -> list[Entry]:
    """So many people, in the first office of the first town."""
    return [hire(f"P{number}", "T1-A", kind=kind) for number in range(1, people + 1)]


def test_one_in_ten_away_is_medium_and_one_in_five_is_high(ledger_url: str) -> None:
    with county(
        ledger_url,
        *town(10),
        hire("P11", "T1-B", "2020-05-01"),
        loan("P1", "C1", "2020-02-01", id="first"),
        loan("P2", "T2", "2020-03-01", id="second"),
        on("2020-07-01", "secondment_ended", person="P2"),
    ) as ledger:
        assert found(ledger, "2020-01-31", "home_depleted") == {}
        assert found(ledger, "2020-02-01", "home_depleted") == {TOWN: "medium since 2020-02-01"}
        assert found(ledger, "2020-03-01", "home_depleted") == {TOWN: "high since 2020-02-01"}
        assert found(ledger, "2020-05-01", "home_depleted") == {TOWN: "medium since 2020-02-01"}
        assert found(ledger, "2020-07-01", "home_depleted") == {}
        told = evidence(ledger, "2020-03-01", "home_depleted", TOWN)
        assert (told["on_roll"], told["seconded_out"], told["present"]) == (10, 2, 8)
        assert told["entries"] == ["first", "second"]
        assert told["policy"] == {"depleted_percent": [10, 20]}


def test_a_loan_inside_the_unit_depletes_nothing_above_both_ends(ledger_url: str) -> None:
    with county(
        ledger_url,
        unit("O1", "public_institution", "C1"),
        hire("P1", "O1"),
        hire("P2", "C1"),
        hire("P3", "T1", kind="off_establishment"),
        loan("P1", "C1", "2020-02-01"),
        loan("P3", "C1", "2020-02-01"),
    ) as ledger:
        assert found(ledger, "2020-02-01", "home_depleted") == {"unit:O1": "high since 2020-02-01"}


def test_an_office_has_no_share_of_its_own(ledger_url: str) -> None:
    with county(ledger_url, *town(12), hire("P20", "T1-B"), loan("P20", "T2", "2020-02-01")) as ledger:
        assert found(ledger, "2020-02-01", "home_depleted") == {}


def test_people_moved_in_with_their_office_dilute_the_share(ledger_url: str) -> None:
    with county(
        ledger_url,
        hire("P1", "T1-A"),
        *(hire(f"Q{number}", "T2") for number in range(1, 12)),
        loan("P1", "C1", "2020-02-01"),
        on("2020-04-01", "unit_moved", unit="T1-A", parent="T2"),
        on("2020-06-01", "unit_moved", unit="T1-A", parent="T1"),
    ) as ledger:
        assert found(ledger, "2020-03-31", "home_depleted") == {TOWN: "high since 2020-02-01"}
        assert found(ledger, "2020-05-31", "home_depleted") == {}
        assert found(ledger, "2020-06-01", "home_depleted") == {TOWN: "high since 2020-06-01"}


def test_shares_are_judged_by_the_policy_of_each_day(ledger_url: str) -> None:
    with county(
        ledger_url,
        *town(10),
        loan("P1", "C1", "2020-02-01"),
        on("2020-03-01", "policy_adopted", parameters={"depleted_percent": [15, 30]}, source="county"),
        on("2020-05-01", "policy_adopted", parameters={"depleted_percent": [5, 10]}, source="county", id="tight"),
    ) as ledger:
        assert found(ledger, "2020-02-29", "home_depleted") == {TOWN: "medium since 2020-02-01"}
        assert found(ledger, "2020-04-30", "home_depleted") == {}
        assert found(ledger, "2020-05-01", "home_depleted") == {TOWN: "high since 2020-05-01"}
        assert evidence(ledger, "2020-05-01", "home_depleted", TOWN)["policy_entry"] == "tight"


def test_a_return_recorded_late_ends_the_depletion_in_the_past(ledger_url: str) -> None:
    with county(ledger_url, *town(5), loan("P1", "C1", "2020-02-01")) as ledger:
        (late,) = record(ledger, on("2020-03-01", "secondment_ended", person="P1"))
        assert found(ledger, "2020-04-01", "home_depleted", late - 1) == {TOWN: "high since 2020-02-01"}
        assert found(ledger, "2020-04-01", "home_depleted") == {}
        ledger.reverse(late, "never came back")
        assert found(ledger, "2020-04-01", "home_depleted") == {TOWN: "high since 2020-02-01"}


def test_fewer_than_four_in_five_present_is_medium_fewer_than_seven_in_ten_high(ledger_url: str) -> None:
    with county(
        ledger_url,
        *town(10),
        on("2020-02-01", "leave_started", person="P1", kind="sick", id="ill"),
        on("2020-02-01", "leave_started", person="P2", kind="study"),
        loan("P3", "C1", "2020-03-01", id="away"),
        on("2020-04-01", "leave_started", person="P3", kind="sick", id="ill while away"),
        on("2020-05-01", "leave_started", person="P4", kind="maternity"),
        on("2020-07-01", "leave_ended", person="P4"),
        on("2020-07-01", "leave_ended", person="P2"),
    ) as ledger:
        assert found(ledger, "2020-02-29", "present_low") == {}
        medium, high = {TOWN: "medium since 2020-03-01"}, {TOWN: "high since 2020-03-01"}
        assert found(ledger, "2020-03-01", "present_low") == medium
        assert found(ledger, "2020-05-01", "present_low") == {**high, "unit:X": "high since 2020-04-01"}
        assert found(ledger, "2020-07-01", "present_low") == {}
        told = evidence(ledger, "2020-04-15", "present_low", TOWN)
        assert (told["on_roll"], told["seconded_out"], told["on_leave"], told["present"]) == (10, 1, 2, 7)
        assert told["entries"] == ["ill", "#18", "away"]
        assert told["policy"] == {"present_percent": [80, 70]}
        whole = evidence(ledger, "2020-04-15", "present_low", "unit:X")
        assert "ill while away" in whole["entries"]


def test_nobody_on_roll_is_no_share(ledger_url: str) -> None:
    with county(ledger_url, hire("P1", "T1", kind="off_establishment"), loan("P1", "C1", "2020-02-01")) as ledger:
        assert found(ledger, "2020-02-01", "present_low") == {}
        assert found(ledger, "2020-02-01", "home_depleted") == {}
