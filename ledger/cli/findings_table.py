"""Findings as a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.cli.tables import Table
from ledger.cli.text import shown
from ledger.locale import _, term


def findings_table(rows: list[dict[str, Any]]) -> Table:
    """One line each, the gravest first."""
    table = Table([term("column", key) for key in ("severity", "rule", "subject", "name", "units", "since", "told")])
    for row in sorted(rows, key=lambda row: (-_rank(row), row["rule"], row["subject"])):
        severity = term("state", row["state"]) if row["severity"] is None else term("severity", row["severity"])
        told = _("; ").join(evidence_words(row["evidence"]))
        cells = (row["subject"], row["name"], _(", ").join(row["units"]), row["first_true_on"], told)
        table.add(severity, term("rule", row["rule"]), *cells)
    return table


def _rank(row: Mapping[str, Any]) -> int:
    grades = ("low", "medium", "high", "critical")
    return grades.index(row["severity"]) if row["severity"] else -1


TOLD = (
    "days", "days_left", "until", "subtype", "chain_started_on", "chain_days", "quota", "on_roll", "maximum",
    "claimed", "ledger", "seconded_out", "present", "retires_on", "missing", "document_no", "extensions", "gap_days",
)  # fmt: skip
"""Keys of evidence that a line tells, in this order."""
MISSING = (
    "identity", "gender", "born_on", "retirement_age", "authority.issued_on", "home.level", "host.level",
    "earlier.level", "host.quota", "quota.administrative", "quota.public_institution", "ledger",
)  # fmt: skip
"""What evidence may say is missing."""


def evidence_words(evidence: Mapping[str, Any]) -> list[str]:
    """The numbers and dates of the evidence that say most, each with its word."""
    return [f"{term('evidence', key)} {_value(key, evidence[key])}" for key in TOLD if evidence.get(key) is not None]


def _value(key: str, value: object) -> str:
    if isinstance(value, list):
        return _(", ").join(term("missing", shown(one)) for one in value)
    return term("subtype", shown(value)) if key == "subtype" else shown(value)
