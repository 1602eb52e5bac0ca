"""Where settings come from: flags, then `SLEDGER_*`, then `sledger.toml`, then the defaults here (spec 2.1)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

APPLICATION = "secondment-ledger"
FILE = "sledger.toml"
LEDGER = "ledger.db"
DEMO = "demo.db"


class BadSettings(Exception):
    """`sledger.toml` cannot be used. `path`, and `detail` from the reader."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


def settings_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The file in use: the one `SLEDGER_CONFIG` names, else in this folder, else in the user's settings folder."""
    named = environment.get("SLEDGER_CONFIG")
    if named:
        return Path(named)
    here = Path(FILE)
    if here.is_file():
        return here
    users = _user_folder(environment) / FILE
    return users if users.is_file() else None


def _user_folder(environment: Mapping[str, str]) -> Path:
    """The user's settings folder; on the usual systems without loading platformdirs, which costs start-up time."""
    if os.name == "posix" and os.uname().sysname == "Linux":
        base = environment.get("XDG_CONFIG_HOME", "")
        return (Path(base) if Path(base).is_absolute() else Path.home() / ".config") / APPLICATION
    import platformdirs

    return Path(platformdirs.user_config_dir(APPLICATION, appauthor=False))


def load(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The settings of the file, as click takes them: keys of all commands, and one table for each command.

    Raises BadSettings.
    """
    path = settings_file(environment)
    if path is None:
        return {}
    import tomllib

    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(path, getattr(error, "strerror", None) or str(error)) from error


def data_folder() -> Path:
    """The user's data folder."""
    import platformdirs

    return Path(platformdirs.user_data_dir(APPLICATION, appauthor=False))


def default_ledger() -> Path:
    """The ledger where nobody names one."""
    return data_folder() / LEDGER


def default_demo() -> Path:
    """The demo where nobody names a ledger: beside the default ledger, never as it (spec 2.1)."""
    return data_folder() / DEMO


# ---- the jobs

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHINESE_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def N_(message: str) -> str:
    """Marks a message id for the catalogues; this module imports nothing of ours."""
    return message


class BadValue(ValueError):
    """A setting that cannot be used. `message`: an English message id; `params` fill it."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message.format(**params))
        self.message = message
        self.params = params


@dataclass(frozen=True, slots=True)
class JobSettings:
    """`[jobs]`: when the scan is due, on which days of the week (0 is Monday), and how long a lease lasts.

    `deliveries`: the folder for messages that go to no address. `letters`: the folder for reminders as they fall due;
    None: none are written. `issuer`: who signs them; `working_days`: the office's own table.
    """

    scan_at: time = time(8, 30)
    scan_on: frozenset[int] = frozenset(range(7))
    lease_seconds: int = 60
    deliveries: str | None = None
    letters: str | None = None
    issuer: str | None = None
    working_days: str | None = None

    @property
    def days(self) -> str:
        """The days of the week by their names, as the scheduler takes them."""
        return ",".join(WEEKDAYS[day] for day in sorted(self.scan_on))


def job_settings(table: object) -> JobSettings:
    """The jobs as the settings say. Raises BadValue."""
    if table is None:
        return JobSettings()
    if not isinstance(table, Mapping):
        raise BadValue(N_("“{key}” must be a table."), key="jobs")
    texts = ("deliveries", "letters", "issuer", "working_days")
    unknown = sorted(set(table) - {"scan_at", "scan_on", "lease_seconds", *texts, "run"})
    if unknown:
        raise BadValue(N_("“{key}” is not a setting of the jobs."), key=unknown[0])
    seconds = table.get("lease_seconds", 60)
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 2 <= seconds <= 3600:
        raise BadValue(
            N_("“{key}” must be a whole number from {least} to {most}."), key="lease_seconds", least=2, most=3600
        )
    for key in texts:
        if not isinstance(table.get(key, ""), str):
            raise BadValue(N_("“{key}” must be a text."), key=key)
    days = _weekdays(table.get("scan_on", "mon-sun"))
    told = {key: table.get(key) for key in texts}
    return JobSettings(_time(table.get("scan_at", "08:30")), days, seconds, **told)


def _time(value: object) -> time:
    if isinstance(value, time):
        return value.replace(microsecond=0, tzinfo=None)
    try:
        return time.fromisoformat(str(value)).replace(microsecond=0, tzinfo=None)
    except ValueError:
        raise BadValue(N_("“{value}” is not a time such as 08:30."), value=value) from None


def _weekdays(value: object) -> frozenset[int]:
    """Days by name, one, several, or from one to another; a number is refused: nobody knows where it counts from."""
    parts = value if isinstance(value, list) else str(value).replace("，", ",").split(",")
    found: set[int] = set()
    for part in parts:
        first, dash, last = str(part).strip().lower().partition("-")
        begin = _weekday(first)
        end = _weekday(last) if dash else begin
        found.update(day % 7 for day in range(begin, end + (7 if end < begin else 0) + 1))
    return frozenset(found)


def _weekday(name: str) -> int:
    for names in (WEEKDAYS, CHINESE_WEEKDAYS):
        if name.strip() in names:
            return names.index(name.strip())
    if name.strip().isdigit() or name.strip() == "*":
        raise BadValue(
            N_(
                "“{value}” does not name a day: cron counts days from Sunday, the scheduler from Monday, "
                "so that 1-5 would leave out Monday and take Saturday. Write mon-fri."
            ),
            value=name,
        )
    raise BadValue(N_("“{value}” is not a day such as mon or 周一."), value=name)


# ---- who is told


@dataclass(frozen=True, slots=True)
class Recipient:
    """One of `[[recipients]]`: who is told of alerts, of which units and rules, and how.

    `units`: with everything below them, one message each; none: one message about everything. `url_env`: the variable
    that holds the address, which itself never stands in the settings. `names`: whether messages name people.
    """

    name: str
    units: tuple[str, ...] = ()
    rules: frozenset[str] | None = None
    severity: str = "low"
    url_env: str | None = None
    names: bool = False


_KEYS_OF_A_RECIPIENT = {"name", "unit", "units", "rules", "severity", "url_env", "names"}
_SEVERITIES = ("low", "medium", "high", "critical")


def recipients(tables: object) -> tuple[Recipient, ...]:
    """All recipients. Raises BadValue."""
    if tables is None:
        return ()
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise BadValue(N_("“{key}” must be written as [[recipients]], once for each."), key="recipients")
    found = tuple(_recipient(table) for table in tables)
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadValue(N_("There are two recipients “{name}”."), name=twice)
    return found


def _recipient(table: Mapping[str, Any]) -> Recipient:
    unknown = sorted(set(table) - _KEYS_OF_A_RECIPIENT)
    if unknown:
        raise BadValue(N_("“{key}” is not a setting of a recipient."), key=unknown[0])
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadValue(N_("Every recipient needs a name."))
    units = _texts(table, "units") or _texts(table, "unit")
    severity = table.get("severity", "low")
    if severity not in _SEVERITIES:
        raise BadValue(N_("“{value}” is not a severity: low, medium, high or critical."), value=severity)
    url_env = table.get("url_env")
    if url_env is not None and (not isinstance(url_env, str) or not url_env.isidentifier()):
        raise BadValue(
            N_("url_env of “{name}” must name an environment variable; the address itself never stands in a file."),
            name=name,
        )
    names = table.get("names", False)
    if not isinstance(names, bool):
        raise BadValue(N_("“{key}” must be true or false."), key="names")
    rules = _texts(table, "rules")
    return Recipient(name, units, frozenset(rules) if rules else None, severity, url_env, names)


def _texts(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(one, str) and one for one in listed):
        raise BadValue(N_("“{key}” must be a text, or a list of texts."), key=key)
    return tuple(listed)
