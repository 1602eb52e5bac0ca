"""Where settings come from: flags, then `SLEDGER_*`, then `sledger.toml`, then the defaults here (spec 2.1)."""

from __future__ import annotations

import os
from collections.abc import Mapping
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
