"""The closed lists of the field: every value an entry or an answer may carry (spec 1.2, 1.3, 2.2)."""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is (spec 1.2). Decides where its people legally belong."""

    JURISDICTION = "jurisdiction"
    ORGAN = "organ"
    PUBLIC_INSTITUTION = "public_institution"
    MASS_ORGANISATION = "mass_organisation"
    DISPATCHED_OFFICE = "dispatched_office"
    INTERNAL_OFFICE = "internal_office"
    TASK_FORCE = "task_force"


INNER_KINDS = frozenset({UnitKind.INTERNAL_OFFICE, UnitKind.TASK_FORCE})
"""Kinds that are part of another unit: they need a parent and are never a statutory unit by kind."""


class Level(StrEnum):
    """Administrative level of a unit, highest first (spec 1.2)."""

    CENTRAL = "central"
    PROVINCIAL = "provincial"
    MUNICIPAL = "municipal"
    COUNTY = "county"
    TOWNSHIP = "township"


class Establishment(StrEnum):
    """Establishment kinds 编制类别 (spec 1.3)."""

    ADMINISTRATIVE = "administrative"
    POLITICAL_LEGAL = "political_legal"
    PUBLIC_INSTITUTION = "public_institution"
    SUPPORT = "support"
    OFF_ESTABLISHMENT = "off_establishment"


ON_ROLL_KINDS = tuple(kind for kind in Establishment if kind is not Establishment.OFF_ESTABLISHMENT)
"""Kinds that hold a post; only these are ever counted as on roll (spec 1.3)."""


class SecondmentKind(StrEnum):
    """Why somebody works elsewhere (spec 2.2)."""

    LOAN = "loan"
    TASK_FORCE = "task_force"
    TEMPORARY_POST = "temporary_post"
    SHADOWING = "shadowing"
    VILLAGE_TEAM = "village_team"
    AID = "aid"
    INSPECTION = "inspection"


class EndReason(StrEnum):
    """How a secondment was ended by an entry of its own (spec 1.3)."""

    RETURNED = "returned"
    RECALLED = "recalled"


class Outcome(StrEnum):
    """How a secondment came to its end, whichever entry did it."""

    RETURNED = "returned"
    RECALLED = "recalled"
    CONVERTED = "converted"
    DEPARTED = "departed"


class LeaveKind(StrEnum):
    """Kinds of long leave (spec 2.2)."""

    SICK = "sick"
    MATERNITY = "maternity"
    STUDY = "study"
    SUSPENDED = "suspended"
    AWAITING_POST = "awaiting_post"


class DepartureReason(StrEnum):
    """Why somebody left the register; the last seven are the seeds' diversion channels (spec 1.3)."""

    RETIRED = "retired"
    EARLY_RETIRED = "early_retired"
    RESIGNED = "resigned"
    DISMISSED = "dismissed"
    CONTRACT_ENDED = "contract_ended"
    DIED = "died"
    MOVED_OUT = "moved_out"
    DIVERTED_TEACHER = "diverted_teacher"
    DIVERTED_EARLY_RETIRED = "diverted_early_retired"
    DIVERTED_RESIGNED = "diverted_resigned"
    DIVERTED_RELEASED = "diverted_released"
    DIVERTED_INSTITUTION = "diverted_institution"
    DIVERTED_ENTERPRISE = "diverted_enterprise"
    DIVERTED_POLICE = "diverted_police"


class FreezeMode(StrEnum):
    """What a freeze forbids: more posts, or more people (spec 1.6 freeze_violated)."""

    NO_INCREASE = "no_increase"
    EXIT_ONLY = "exit_only"


class Gender(StrEnum):
    """As registered; needed for the statutory retirement date (spec 1.7)."""

    MALE = "male"
    FEMALE = "female"


class Identity(StrEnum):
    """Personnel identity, compared with the establishment kind (spec 1.6 kind_mismatch)."""

    CIVIL_SERVANT = "civil_servant"
    INSTITUTION_STAFF = "institution_staff"
    WORKER = "worker"


class Precision(StrEnum):
    """How exactly a date is known; the date given is the first day of the period (spec 2.2)."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Severity(StrEnum):
    """How much a finding matters, least first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low … 3 for critical."""
        return tuple(Severity).index(self)


class RosterStatus(StrEnum):
    """The one status a person has in a unit's roster (spec 2.3)."""

    PRESENT = "present"
    SECONDED_OUT = "seconded_out"
    ON_LEAVE = "on_leave"
    OFF_ESTABLISHMENT = "off_establishment"
    SECONDED_IN = "seconded_in"
    DISPATCHED_IN = "dispatched_in"


MEASURES = (
    "quota",
    "on_roll",
    "seconded_out",
    "on_leave",
    "present",
    "vacancies",
    "seconded_in",
    "off_establishment",
    "dispatched_in",
    "at_work",
)
"""The scalar measures of spec 1.4, in the order people read them."""

KIND_MEASURES = ("quota", "on_roll", "seconded_out", "on_leave", "present", "vacancies")
"""The measures that are also told by establishment kind."""


class Role(StrEnum):
    """What somebody may do in the ledger, each more than the one before (spec 2.1, docs/decisions/0023)."""

    AUDITOR = "auditor"
    ALERT_ADMIN = "alert_admin"
    OFFICER = "officer"
    ADMIN = "admin"
