#!/usr/bin/env python3
"""The texts of ledger/locale: collect them from the code, compile them, or check that both have been done.

    python scripts/catalogues.py extract    new messages into the .po files, messages no longer used out of them
    python scripts/catalogues.py compile    .po -> .mo
    python scripts/catalogues.py check      exit status 1 and what is missing, wrong or out of date

Needs the development requirements (babel). The English catalogue repeats plain messages and words the codes.
"""

from __future__ import annotations

import io
import re
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ledger import locale  # noqa: E402  found through the line before
from ledger.cli.findings_table import MISSING, TOLD  # noqa: E402
from ledger.cli.letters import KINDS  # noqa: E402
from ledger.domain import policy, reading, terms  # noqa: E402
from ledger.domain.access import NONE  # noqa: E402
from ledger.domain.acts import ACT_TYPES  # noqa: E402
from ledger.domain.alerts import AlertState  # noqa: E402
from ledger.domain.entries import ENTRY_TYPES, Authority  # noqa: E402
from ledger.domain.findings.finding import RULES, Severity, State  # noqa: E402
from ledger.domain.profiles import PROFILES  # noqa: E402
from ledger.domain.refusals import REFUSALS  # noqa: E402
from ledger.domain.text import TEXT_PROBLEMS  # noqa: E402
from ledger.persistence.deliveries import DELIVERY_STATES  # noqa: E402
from ledger.queries.campaign import Fate  # noqa: E402

LANGUAGES = tuple(locale.LANGUAGES.values())
MARKS = {"_": None, "N_": None, "gettext": None}
CLICKS = {"_": None, "ngettext": (1, 2)}
UNUSED_CLICKS = (
    "DeprecationWarning",
    "Windows error",
    "Editing failed",
    "defined twice",
    "Bash",
    "decl",
    "{len_type}",
    "parameter declaration",
    "Unknown standard stream",
    "Press any key",
    "Unknown color",
    "UUID",
    "Repeat for confirmation",
    "two entered values",
    "Do you want to continue",
    "Confirm the action",
)
DATE = datetime(2026, 11, 21, tzinfo=UTC)

COLUMNS = (
    "position", "id", "type", "effective_on", "recorded_on", "recorded_by", "reversed_by", "content", "person", "name",
    "unit", "establishment", "status", "host", "since", "until", "from", "to", "leave", "home", "kind", "started_on",
    "days_overdue", "chain_days", "extensions", "document_no", "entry", "posts", "title",
    "severity", "rule", "units", "told", "parameter", "value", "source", "profile", "parameters",
    "alerts", "file", "fate", "ended_on", "again_on", "again_host", "retires_on", "employer", "retiring",
    "insufficient_data",
    "vacancies", "vacancies_then",
    "lines", "complete", "sha256", "opened_at", "closed_at", "first_position", "last_position", "entries", "in_effect",
    "rank", "opening", "restated", "added", "removed", "closing", "subject", "before", "after", "measures",
    "sealed_at", "root", "key", "alert", "state", "recipient", "channel", "alerts", "attempts", "sent_at", "problem",
    "id_number", "officer", "role", "granted_by", "granted_at",
    "as_of", "known_at", "on", "scope", "measure", "step", "statute", "charged_to", "replacement_type", "recorded_at",
    "chain_started_on", "missing", "evidence", "first_true_on", "one", "other", "band", "cause", "counts",
    "tip", "note", "noted", "open_to_all", "delivery", "repeated", "created_at", "tried_at", "raised_at",
    "acknowledged_by", "acknowledged_at", "snoozed_until", "waived_until", "waived_by", "cleared_by", "lapsed_on",
    "supersedes", "superseded_by", "target", "parent", "ok",
)  # fmt: skip
STATUS_KEYS = (
    "ledger", "ledger_id", "format", "position", "tip", "recorded_at", "created_at", "clock", "dialect",
    "database_version", "journal", "read_only", "size_bytes", "read_tables", "version", "unfinished_imports", "roles",
    "notes", "healthy", "program_version", "jobs", "state", "holder", "scanned_on", "attempts", "started_at",
    "finished_at", "problem", "undelivered", "officer", "role", "units",
)  # fmt: skip
STATUS_VALUES = (
    "system", "simulated", "sqlite", "postgresql", "open_to_all", "granted", "old_sqlite", "read_tables_behind",
    "unfinished_import", "jobs_dead", "jobs_failing", "deliveries_failing", "never", "running", "stopped", "dead",
)  # fmt: skip
Key = tuple[str | None, str | tuple[str, str]]


def wanted() -> dict[Key, None]:
    """Every message the program can show, in a steady order: (context, message id or singular and plural)."""
    found: dict[Key, None] = {}
    for path in sorted(path for part in ("ledger", "tui") for path in (ROOT / part).rglob("*.py")):
        for _line, message, _comments, _context in extract_from_file("python", path, keywords=MARKS):
            found[None, message] = None
    for text in REFUSALS.values():
        found[None, text.sentence] = None
        found[None, text.remedy] = None
    for phrase in sorted({*TEXT_PROBLEMS.values(), *_expectations(), *_policy_phrases()}):
        found[None, phrase] = None
    for message in _of_click():
        found[None, message] = None
    found.update(dict.fromkeys(_terms()))
    found.pop((None, ""), None)
    return found


def _expectations() -> Iterator[str]:
    yield from reading._EXPECTED.values()  # noqa: SLF001  phrases that stand in the refusal bad_value
    yield from ("another value", "a plain entry object")


def _policy_phrases() -> Iterator[str]:
    """The phrases of the policy's checks: in the module, every text that is an explanation."""
    source = Path(policy.__file__).read_text(encoding="utf-8")
    yield from re.findall(r'"((?:a|an|it|the|two|three|soft|hard)\b [^"]*)"', source)
    yield from {given.source for parameters in PROFILES.values() for given in parameters.values()}


def _of_click() -> Iterator[str | tuple[str, str]]:
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        for _line, message, _comments, _context in extract_from_file("python", path, keywords=CLICKS):
            text = message if isinstance(message, str) else message[0]
            if not any(word in text for word in UNUSED_CLICKS):
                yield message


def _terms() -> Iterator[Key]:
    lists = {
        "unit_kind": terms.UnitKind,
        "level": terms.Level,
        "establishment": terms.Establishment,
        "secondment_kind": terms.SecondmentKind,
        "outcome": terms.Outcome,
        "leave": terms.LeaveKind,
        "departure": terms.DepartureReason,
        "freeze_mode": terms.FreezeMode,
        "attachment": ("missing", "changed"),
        "gender": terms.Gender,
        "identity": terms.Identity,
        "precision": terms.Precision,
        "status": terms.RosterStatus,
        "scope": ("own", "subtree"),
        "measure": (*terms.MEASURES, "leader_quota", "leaders"),
        "short": (*terms.MEASURES, "balance"),
        "short_status": terms.RosterStatus,
        "weekday": map(str, range(1, 8)),
        "entry": {**ENTRY_TYPES, **ACT_TYPES},
        "key": dict.fromkeys(
            name for model in (*ENTRY_TYPES.values(), *ACT_TYPES.values()) for name in model.model_fields
        ),
        "authority": Authority.model_fields,
        "alert_state": AlertState,
        "reopened": ("true_again", "waiver_ended"),
        "due": ("secondment", "temporary_quota", "sick_leave", "retirement"),
        "channel": ("address", "folder"),
        "delivery_state": DELIVERY_STATES,
        "column": COLUMNS,
        "rule": RULES,
        "fate": Fate,
        "letter": KINDS,
        "severity": Severity,
        "state": State,
        "subtype": ("unknown", "covers_shortage", "post_available", "window"),
        "evidence": TOLD,
        "missing": MISSING,
        "parameter": policy.NATIONAL,
        "profile": policy.PROFILES,
        "role": (*terms.Role, NONE),
        "status_key": STATUS_KEYS,
        "status_value": STATUS_VALUES,
        "health": ("ok", "attention", "fault"),
    }
    for group, codes in lists.items():
        for code in codes:
            yield group, str(code)


def po_path(language: str) -> Path:
    """Where the source of a catalogue lies."""
    return locale.FOLDER / language / "LC_MESSAGES" / f"{locale.DOMAIN}.po"


def read(language: str) -> Catalog:
    """The catalogue as it stands; empty if there is none."""
    path = po_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=language)


def key_of(message: object) -> Key:
    """Context and id of a message of a catalogue."""
    name = message.id  # type: ignore[attr-defined]
    return message.context, tuple(name) if isinstance(name, list) else name  # type: ignore[attr-defined]


def extract() -> None:
    """Bring the .po files in line with the code; translations that stand are kept."""
    for language in LANGUAGES:
        old = {key_of(message): message.string for message in read(language) if message.id}
        catalog = Catalog(
            locale=language, project="Secondment Ledger", version="0", copyright_holder="the Secondment Ledger authors",
            creation_date=DATE, revision_date=DATE, last_translator="the Secondment Ledger authors",
            language_team=language, fuzzy=False,
            header_comment="# Texts of Secondment Ledger; see scripts/catalogues.py",
        )  # fmt: skip
        for context, message in wanted():
            string = old.get((context, message)) or _by_itself(language, context, message)
            catalog.add(message, string, context=context)
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            pofile.write_po(file, catalog, width=120, no_location=True)


def _by_itself(language: str, context: str | None, message: str | tuple[str, str]) -> str | tuple[str, ...]:
    if language != "en":
        return "" if isinstance(message, str) else ("",)
    return message.replace("_", " ") if context and isinstance(message, str) else message


def compiled(language: str) -> bytes:
    """The .mo of a .po."""
    buffer = io.BytesIO()
    write_mo(buffer, read(language))
    return buffer.getvalue()


def compile_all() -> None:
    """Write the .mo files."""
    for language in LANGUAGES:
        po_path(language).with_suffix(".mo").write_bytes(compiled(language))


def check() -> list[str]:
    """What is wrong with the catalogues, one line each."""
    return [line for language in LANGUAGES for line in _check(language)]


def _check(language: str) -> Iterator[str]:
    catalog = read(language)
    standing = {key_of(message): message.string for message in catalog if message.id}
    needed = wanted()
    for key in needed.keys() - standing.keys():
        yield f"{language}: {key!r} is in the code, not in the catalogue: run extract"
    for key in standing.keys() - needed.keys():
        yield f"{language}: {key!r} is in the catalogue, no longer in the code: run extract"
    for (context, message), translated in standing.items():
        several = (translated,) if isinstance(translated, str) else translated
        if not all(several):
            yield f"{language}: {(context, message)!r} is not translated"
        originals = (message,) if isinstance(message, str) else message[-len(several) :]
        for original, text in zip(originals, several, strict=True):
            if text and placeholders(text) != placeholders(original):
                yield f"{language}: {original!r} has other placeholders than {text!r}"
    path = po_path(language).with_suffix(".mo")
    if not path.exists() or path.read_bytes() != compiled(language):
        yield f"{language}: {path.name} is older than the .po: run compile"


def placeholders(text: str) -> set[str]:
    """The names in braces and after %."""
    try:
        named = {name for _before, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:
        return {"not a format"}
    return named | set(re.findall(r"%\(\w+\)s", text))


def main() -> int:
    """See the module's text."""
    match sys.argv[1:]:
        case ["extract"]:
            extract()
        case ["compile"]:
            compile_all()
        case ["check"]:
            faults = check()
            sys.stdout.write("".join(f"{line}\n" for line in faults))
            return 1 if faults else 0
        case _:
            sys.stdout.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
