"""The recall campaign: a list that stays as it was, and what became of everybody on it."""

from __future__ import annotations

from ledger.bootstrap import Ledger
from tests.queries.makers import at, county, hire, loan, on, record

PEOPLE = ("stays", "returns", "rebounds", "joins", "leaves", "undone")
LOANS = (
    loan("stays", "C1", "2020-01-01", "2020-12-31"),
    loan("returns", "C1", "2020-01-01", "2021-05-31"),
    loan("rebounds", "C1", "2020-01-01", "2021-06-01"),
    loan("joins", "C1", "2020-01-01", "2021-06-02"),
    loan("leaves", "C1", "2020-01-01", "2021-06-29"),
    loan("undone", "C1", "2020-01-01", "2021-06-29", id="undone"),
)
LATER = (
    on("2021-07-10", "secondment_ended", person="returns"),
    on("2021-07-10", "secondment_ended", person="rebounds"),
    loan("rebounds", "T2", "2021-07-15"),
    on("2021-07-10", "transferred", person="joins", unit="C1"),
    on("2021-07-10", "departed", person="leaves", reason="resigned"),
    {"type": "reversed", "entry": "undone", "reason": "never happened"},
)


def listed(url: str) -> tuple[Ledger, int]:
    ledger = county(url, *(hire(person, "T1-A") for person in PEOPLE), *LOANS)
    return ledger, ledger.perspective().known_at


def test_bands_by_home_and_host(sqlite_url: str) -> None:
    ledger, known_at = listed(sqlite_url)
    with ledger:
        answer = ledger.campaign(at("2021-06-30", known_at)).to_json()
        days = {row["person"]: (row["days_overdue"], row["band"]) for row in answer["rows"]}
        assert days == {
            "stays": (181, "180+"), "returns": (30, "30-179"), "rebounds": (29, "1-29"), "joins": (28, "1-29"),
            "leaves": (1, "1-29"), "undone": (1, "1-29"),
        }  # fmt: skip
        assert answer["rows"][0]["person"] == "stays"
        bands = {"1-29": 4, "30-179": 1, "180+": 1}
        assert (answer["bands"], answer["by_home"], answer["by_host"]) == (bands, {"T1-A": bands}, {"C1": bands})


def test_what_became_of_the_list(ledger_url: str) -> None:
    ledger, known_at = listed(ledger_url)
    with ledger:
        before = ledger.campaign(at("2021-06-30", known_at)).to_json()
        record(ledger, *LATER)
        assert ledger.campaign(at("2021-06-30", known_at)).to_json() == before
        told = ledger.campaign_fates(at("2021-06-30", known_at), at("2021-12-31")).to_json()
        assert {row["person"]: row["fate"] for row in told["rows"]} == {
            "stays": "still_away", "returns": "returned", "rebounds": "reborrowed", "joins": "transferred",
            "leaves": "departed", "undone": "withdrawn",
        }  # fmt: skip
        [again] = [row for row in told["rows"] if row["person"] == "rebounds"]
        assert (again["ended_on"], again["again_on"], again["again_host"]) == ("2021-07-10", "2021-07-15", "T2")
        early = ledger.campaign_fates(at("2021-06-30", known_at), at("2021-07-12")).to_json()
        assert {row["person"]: row["fate"] for row in early["rows"]}["rebounds"] == "returned"
