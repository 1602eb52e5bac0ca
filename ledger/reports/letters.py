"""Letters about secondments, in the letter format of GB/T 9704-2012, from templates an office may edit.

催返函 to the host with a copy to the home, 到期提醒, 续借到期告知 and 返还通知. A letter states the facts, the
documents, the basis and the deadline; number, contact and seal are left to the office. Official letters are
Chinese, whatever language the program speaks.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from ledger.application.workdays import WorkingDays
from ledger.bootstrap import Ledger
from ledger.domain.acts import AlertLetterMade
from ledger.domain.alerts import AlertState
from ledger.domain.findings.finding import Finding, State
from ledger.domain.time import Perspective, shanghai_date
from ledger.queries.alerts import AlertLine
from ledger.queries.secondments import SecondmentLine

SHIPPED = Path(__file__).parent / "templates"
ANSWER_DAYS = 10
"""Working days a host has to answer (domain research: ten working days before the term, and for deregistration)."""
MADE = "alert.alert_letter_made"
"""Topic of the acts that note letters."""
UNDONE = frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED})
"""States in which a reminder is still written: not where somebody has put the alert off, or tolerates it."""


class LetterKind(StrEnum):
    """The letters there are; the value is the name of the template."""

    RECALL = "recall"
    REMINDER = "reminder"
    EXTENSION_END = "extension_end"
    RETURN = "return"


NAMES: Mapping[LetterKind, str] = {
    LetterKind.RECALL: "催返函",
    LetterKind.REMINDER: "到期提醒",
    LetterKind.EXTENSION_END: "续借到期告知",
    LetterKind.RETURN: "返还通知",
}

BASIS: Mapping[str, str] = {
    "overdue_secondment": "借调期限已满未返还",
    "open_ended_secondment": "借调未定期限",
    "no_authority": "借调手续不全",
    "term_over_limit": "单次借调超过{term_months}个月",
    "cumulative_over_limit": "累计借调超过{total_months}个月",
    "extended_too_often": "续借超过{max_extensions}次",
    "extension_late": "期满后才办理续借",
    "paper_return": "返还后间隔不足{gap_days}天再次借调",
    "reborrowed": "返还后{reborrow_months}个月内重复借调",
    "long_away": "连续借调时间过长",
    "de_facto_transfer": "连续借调满{de_facto_months}个月未办理调动（借而不调）",
    "de_facto_transfer_near": "连续借调将满{de_facto_months}个月",
    "label_evasion": "以其他名义变相借调",
    "probation_secondment": "试用期内借调",
    "minimum_service": "未满最低服务年限借调",
    "upward_from_grassroots": "从乡镇向上借调",
    "host_full": "借入单位满编借人",
    "secondment_expiring": "借调期限将满",
}
"""Rule -> what a letter says is wrong; the numbers are those of the policy the finding was judged by."""

KINDS = {
    "loan": "借调", "task_force": "专班", "temporary_post": "挂职", "shadowing": "跟班学习", "village_team": "驻村",
    "aid": "援派", "inspection": "巡视巡察",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CannotWrite(Exception):
    """No letter can be written about an alert. `alert`: its id; `reason`: `no_secondment` or `no_longer_true`."""

    alert: int
    reason: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One person in a letter: the secondment, and all that is wrong with it that the letter is about."""

    line: SecondmentLine
    findings: tuple[Finding, ...]
    alerts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, ready to be rendered. `guessed`: years whose working days were guessed."""

    kind: LetterKind
    host: str
    subjects: tuple[Subject, ...]
    context: Mapping[str, Any]
    guessed: tuple[int, ...]

    @property
    def alerts(self) -> list[int]:
        """The alerts it is about."""
        return [alert for one in self.subjects for alert in one.alerts]

    @property
    def file_name(self) -> str:
        """`2022-06-30 催返函 DWB.docx`, without anything that means something to a file system."""
        host = re.sub(r"[^0-9A-Za-z_\u4e00-\u9fff-]", "_", self.host)
        return f"{self.context['on']} {NAMES[self.kind]} {host}.docx"


def kind_for(rule: str, extensions: int) -> LetterKind:
    """The letter that suits a finding: a reminder before the term ends, else a recall."""
    if rule not in ("secondment_expiring", "de_facto_transfer_near"):
        return LetterKind.RECALL
    return LetterKind.EXTENSION_END if extensions else LetterKind.REMINDER


def compose(
    ledger: Ledger,
    p: Perspective,
    alerts: Sequence[AlertLine],
    calendar: WorkingDays,
    *,
    kind: LetterKind | None = None,
    issuer: str | None = None,
) -> list[Letter]:
    """One letter for each host and kind. `issuer`: who signs; otherwise the employer of the first person.

    Raises CannotWrite for an alert that is not about a secondment running on D, or whose finding is gone by then.
    """
    found = {one.order: one for one in _true(ledger, p, alerts)}
    lines = {line.person: line for line in ledger.secondments(p).rows}
    groups: dict[tuple[LetterKind, str], dict[str, list[tuple[Finding, int]]]] = {}
    for one in alerts:
        alert = one.alert
        line = lines.get(alert.person or "")
        if line is None or alert.rule not in BASIS:
            raise CannotWrite(alert.id, "no_secondment")
        finding = found.get((alert.rule, alert.subject))
        if finding is None:
            raise CannotWrite(alert.id, "no_longer_true")
        key = (kind or kind_for(alert.rule, line.extensions), line.host)
        groups.setdefault(key, {}).setdefault(line.person, []).append((finding, alert.id))
    letters = []
    for (letter, host), people in sorted(groups.items()):
        subjects = tuple(
            Subject(lines[person], tuple(one for one, _ in told), tuple(alert for _, alert in told))
            for person, told in sorted(people.items())
        )
        letters.append(_letter(ledger, p, letter, host, subjects, calendar, issuer))
    return letters


def _true(ledger: Ledger, p: Perspective, alerts: Sequence[AlertLine]) -> list[Finding]:
    """The findings that hold on D, of the rules and people that some alerts are about."""
    people: dict[str, set[str]] = {}
    for one in alerts:
        if one.alert.person is not None and one.alert.rule in BASIS:
            people.setdefault(one.alert.rule, set()).add(one.alert.person)
    rows = (row for rule, about in people.items() for row in ledger.judged(p, rule, about))
    return [row for row in rows if row.state is State.TRUE]


def _letter(
    ledger: Ledger,
    p: Perspective,
    kind: LetterKind,
    host: str,
    subjects: tuple[Subject, ...],
    calendar: WorkingDays,
    issuer: str | None,
) -> Letter:
    with ledger.view(p) as view:
        structure = view.structure

        def employer(unit: str) -> str:
            return structure.statutory(unit, view.day) or unit

        own = {host, *(one.line.home for one in subjects)}
        units = own | {employer(unit) for unit in own}
        names = {code: row.name if (row := structure.version(code, view.day)) else code for code in units}
    homes = list(dict.fromkeys(employer(one.line.home) for one in subjects))
    deadline = calendar.after(p.as_of, ANSWER_DAYS)
    rows = [_row(one, names) for one in subjects]
    signed = issuer or names[homes[0]]
    context = {
        "on": p.as_of.isoformat(),
        "date": chinese_date(p.as_of),
        "year": p.as_of.year,
        "issuer": signed,
        "recipient": names[employer(host)],
        "host": names[host],
        "copies": [names[home] for home in homes if names[home] != signed],
        "people": _people([one.line.name for one in subjects]),
        "count": len(subjects),
        "rows": rows,
        "basis": list(dict.fromkeys(line for one in subjects for line in _basis(one))),
        "deadline": chinese_date(deadline),
        "answer_days": ANSWER_DAYS,
        "first_until": _first_until(subjects),
        "known_at": p.known_at,
        "tip": ledger.footing(p.known_at).tip[:16],
        "guessed": sorted(calendar.guessed),
    }
    return Letter(kind, host, subjects, context, tuple(sorted(calendar.guessed)))


def _people(names: Sequence[str]) -> str:
    return names[0] + (f"等{len(names)}人" if len(names) > 1 else "")


def _first_until(subjects: Iterable[Subject]) -> str:
    untils = [one.line.until for one in subjects if one.line.until is not None]
    return chinese_date(min(untils)) if untils else ""


def _row(one: Subject, names: Mapping[str, str]) -> dict[str, Any]:
    line = one.line
    return {
        "name": line.name,
        "home": names[line.home],
        "host": names.get(line.host, line.host),
        "kind": KINDS[line.kind],
        "started_on": short_date(line.started_on),
        "until": "未定期限" if line.until is None else short_date(line.until),
        "document": "无" if line.authority is None else line.authority.document_no or "无",
        "days_overdue": line.days_overdue or "",
        "chain_days": line.chain_days or "",
        "extensions": line.extensions or "",
    }


def _basis(one: Subject) -> list[str]:
    told = []
    for finding in one.findings:
        text = BASIS[finding.rule].format_map(_Numbers(finding.evidence.get("policy", {})))
        since = "" if finding.first_true_on is None else f"（自{chinese_date(finding.first_true_on)}起）"
        told.append(f"{one.line.name}：{text}{since}")
    return told


class _Numbers(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def chinese_date(day: date) -> str:
    """As official letters write it: 2022年7月1日 (GB/T 9704-2012, 7.3.5.2)."""
    return f"{day.year}年{day.month}月{day.day}日"


def short_date(day: date) -> str:
    """As tables write it, so that it stands on one line: 2022.07.01."""
    return f"{day:%Y.%m.%d}"


def render(letter: Letter, templates: Path | None = None) -> bytes:
    """The letter as docx, the same bytes each time; `templates`: the office's folder, for the kinds it has edited."""
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

    own = None if templates is None else templates / f"{letter.kind}.docx"
    document = DocxTemplate(str(own if own is not None and own.is_file() else SHIPPED / f"{letter.kind}.docx"))
    document.render(dict(letter.context), SandboxedEnvironment(autoescape=True), autoescape=True)
    made = io.BytesIO()
    document.save(made)
    return _steady(made.getvalue())


def _steady(content: bytes) -> bytes:
    """The same archive without the time of its making."""
    steady = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return steady.getvalue()


def digest(content: bytes) -> str:
    """What an act keeps of a letter's content."""
    return hashlib.sha256(content).hexdigest()


def due(ledger: Ledger, p: Perspective, calendar: WorkingDays) -> list[AlertLine]:
    """The open or acknowledged alerts of terms running out whose reminder is due and was not yet made.

    On the first day of `secondment_expiring`, and again when ten working days are left (spec issue 3). One made when so
    few were left already is both.
    """
    running_out = ledger.alerts(p, rule="secondment_expiring", states=UNDONE).rows
    still = {one.subject for one in _true(ledger, p, running_out)}
    lines = {line.person: line for line in ledger.secondments(p).rows}
    made = _reminded(ledger)
    found = []
    for one in running_out:
        line = lines.get(one.alert.person or "")
        if one.alert.subject not in still or line is None or line.until is None:
            continue
        soon = calendar.left(p.as_of, line.until) <= ANSWER_DAYS
        days = made.get(one.alert.id, [])
        if not any(not soon or calendar.left(day, line.until) <= ANSWER_DAYS for day in days):
            found.append(one)
    return found


def _reminded(ledger: Ledger) -> dict[int, list[date]]:
    """Alert -> the days on which reminders about it were made."""
    with ledger.store.read() as conn:
        acts = ledger.store.of_topics(conn, [MADE], 0)
    found: dict[int, list[date]] = {}
    for one in acts:
        act = one.event.entry
        assert isinstance(act, AlertLetterMade)
        if act.letter in (LetterKind.REMINDER, LetterKind.EXTENSION_END):
            found.setdefault(act.alert, []).append(shanghai_date(one.recorded_at))
    return found
