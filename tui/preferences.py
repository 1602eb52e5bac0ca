"""What a user chose for the screens: `lang`, and the table `[tui]` of `sledger.toml`: theme, ascii, keys.

The file is the user's own: a choice made on the screens changes one line of it and leaves all others as they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from ledger.settings import APPLICATION, FILE, BadSettings, load, settings_file


@dataclass(frozen=True, slots=True)
class Preferences:
    """`ascii_only`: None asks the terminal. `keys`: id of an action -> the keys wanted for it."""

    theme: str | None = None
    ascii_only: bool | None = None
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def stored() -> Preferences:
    """What the settings say; whatever has the wrong type is passed over. A file that cannot be read says nothing."""
    try:
        table = load().get("tui", {})
    except BadSettings:
        return Preferences()
    if not isinstance(table, dict):
        return Preferences()
    theme, ascii_only, keys = table.get("theme"), table.get("ascii"), table.get("keys", {})
    return Preferences(
        theme if isinstance(theme, str) else None,
        ascii_only if isinstance(ascii_only, bool) else None,
        {name: _keys(wanted) for name, wanted in keys.items()} if isinstance(keys, dict) else {},
    )


def _keys(wanted: object) -> tuple[str, ...]:
    listed = [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else []
    return tuple(one for one in listed if isinstance(one, str))


def save(table: str, key: str, value: str | bool | Sequence[str]) -> Path:  # noqa: FBT001  a value of TOML
    """Write one choice into the settings file; the file. Raises OSError."""
    path = settings_file() or Path(platformdirs.user_config_dir(APPLICATION, appauthor=False)) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    written = path.with_name(path.name + ".new")
    written.write_text(with_setting(before, table, key, value), encoding="utf-8")
    written.replace(path)
    return path


def with_setting(text: str, table: str, key: str, value: str | bool | Sequence[str]) -> str:  # noqa: FBT001  as above
    """The text of a settings file with one key of a table set; an empty table name means the top of the file."""
    name = key if re.fullmatch(r"[\w-]+", key, re.ASCII) else json.dumps(key)
    line = f"{name} = {_literal(value)}"
    lines = text.splitlines()
    begin, end = _bounds(lines, table)
    if begin is None:
        return "\n".join([*lines, *([""] if lines else []), f"[{table}]", line]) + "\n"
    for place in range(begin, end):
        if re.match(rf"\s*{re.escape(name)}\s*=", lines[place]):
            lines[place] = line
            return "\n".join(lines) + "\n"
    return "\n".join([*lines[:begin], line, *lines[begin:]]) + "\n"


def _bounds(lines: Sequence[str], table: str) -> tuple[int | None, int]:
    """The lines of a table, from the first below its name; None where it is not."""
    heads = [
        (place, found.group(1)) for place, one in enumerate(lines) if (found := re.match(r"\s*\[([^\[\]]+)\]", one))
    ]
    if not table:
        return 0, heads[0][0] if heads else len(lines)
    for number, (place, head) in enumerate(heads):
        if head.strip() == table:
            return place + 1, heads[number + 1][0] if number + 1 < len(heads) else len(lines)
    return None, 0


def _literal(value: str | bool | Sequence[str]) -> str:  # noqa: FBT001  as above
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)
