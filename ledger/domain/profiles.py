"""The shipped policy profiles: every number with where it comes from (spec 1.6). Data only, no rules.

The regulations are those found in public pages (see the findings page of the reference); where they differ from
place to place, the number is the one most of them share, and an office adopts its own by an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Given(NamedTuple):
    """A parameter as shipped: its value and its source."""

    value: Any
    source: str


_LOANS = "provincial notices on secondment (Jiangsu 2017 No. 172 and others): six months, a year in all"
_GRASSROOTS = "2024 central rules against formalism and 2024 Document No. 1: no secondments from townships"
_OWN = "this program's specification 1.6; no regulation names a number"

EDITION = 1
"""Number of the profiles as they stand here. Adopting one keeps this number, so that a later edition changes no answer
about the past: another value means another edition, and earlier ones stay in `EDITIONS` for ever."""

PROFILES: Mapping[str, Mapping[str, Given]] = {
    "national": {
        "term_months": Given(6, _LOANS),
        "total_months": Given(12, _LOANS),
        "de_facto_months": Given(12, "specification 1.5: a year away is a transfer in fact"),
        "near_months": Given(3, _OWN),
        "gap_days": Given(90, _OWN),
        "exempt_kinds": Given(
            ["temporary_post", "village_team", "aid", "inspection"],
            "organised dispatch with a document and a term: temporary posts, village teams, aid, inspection",
        ),
        "exempt_months": Given(24, "rules on temporary posts and village teams: two years as a rule"),
        "expiring_days": Given(30, "Hefei Luyang: an extension is applied for a month ahead"),
        "overdue_high_days": Given(30, _OWN),
        "overdue_critical_days": Given(180, _OWN),
        "max_extensions": Given(1, "provincial notices: one extension, applied for before the term ends"),
        "reborrow_months": Given(24, "a provincial notice: no second secondment within two years of the return"),
        "long_away_months": Given([12, 24, 36], "seed report 2022: away for three years and more; the steps are ours"),
        "evasion_months": Given(1, "Yunnan 2024 circular on secondments under another label"),
        "probation_months": Given(12, "civil-service rules: probation of one year, no secondment during it"),
        "minimum_service_months": Given(60, "civil-service recruitment: five years of service in a township"),
        "grassroots_from": Given("2024-01-01", _GRASSROOTS),
        "depleted_percent": Given([10, 20], _OWN),
        "present_percent": Given([80, 70], _OWN),
        "ratio_percent": Given(110, "seed collection, essay 6: public-institution posts to administrative 1.1 : 1"),
        "long_leave_months": Given(2, "rules on pay during sick leave: reduced from the third month"),
        "orphan_days": Given(60, _OWN),
        "vacancy_days": Given(90, _OWN),
        "identity_matrix": Given(
            {
                "civil_servant": ["administrative", "political_legal"],
                "institution_staff": ["public_institution"],
                "worker": ["support"],
            },
            "seed report 2022: workers on administrative posts (混编)",
        ),
        "quota_enforcement": Given("soft", "specification 1.3: an entry above the quota is recorded and reported"),
    },
    "strict": {
        "term_months": Given(3, "Jiangsu 2017 No. 172, Hefei Luyang: three months as a rule"),
        "total_months": Given(6, "Jiangsu 2017 No. 172: six months at most"),
    },
}
"""Profile -> parameter -> value and source; `strict` is laid over `national`."""

EDITIONS: Mapping[int, Mapping[str, Mapping[str, Given]]] = {EDITION: PROFILES}
"""Every edition ever shipped."""
