"""Every key of the screens, as data: help, the palette, the bar at the foot and the user's own keys come from here.

Keys follow what Chinese input and terminals leave free (docs/decisions/0012): no bare letter is a command, every
punctuation key also answers in its full-width form, and Ctrl+B, Ctrl+Space, F10 and F11 are never the only way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from textual.binding import Binding

from ledger.locale import N_, _

FULL_WIDTH: Mapping[str, str] = {
    "left_square_bracket": "left_black_lenticular_bracket",
    "right_square_bracket": "right_black_lenticular_bracket",
    "equals_sign": "fullwidth_equals_sign",
    "question_mark": "fullwidth_question_mark",
    "slash": "ideographic_comma",
    **{digit: chr(ord(digit) + 0xFEE0) for digit in "0123456789"},
}
"""Key -> the key that comes instead while a Chinese input method is on; `/` gives `、` there."""
_SHOWN: Mapping[str, str] = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "equals_sign": "=",
    "question_mark": "?",
    "slash": "/",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
_NAMED: Mapping[str, str] = {
    "enter": N_("Enter"),
    "space": N_("Space"),
    "left": N_("Left"),
    "right": N_("Right"),
    "up": N_("Up"),
    "down": N_("Down"),
    "home": "Home",
    "end": "End",
    "tab": "Tab",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One action. `initials`: of its Chinese label, for the palette. `foot`: shown at the foot of the screen.

    `keys`: in Textual's names; the first one is the one shown. `group`: the heading in the help. `writes`: `entries` or
    `alerts` (`tui.permission`), nothing for what only reads.
    `priority`: acts before the field in which one types.
    """

    id: str
    keys: tuple[str, ...]
    action: str
    label: str
    initials: str
    group: str
    foot: bool = False
    writes: str = ""
    priority: bool = False

    def binding(self) -> Binding:
        """As Textual takes it; its description is a message id, translated where it is shown."""
        keys = ",".join(with_full_width(self.keys))
        return Binding(keys, self.action, self.label, show=self.foot, id=self.id, priority=self.priority)


SCREENS, DATES, LISTS, ENTRIES = N_("Screens"), N_("Dates"), N_("Lists"), N_("Entries")
GROUPS = (SCREENS, ENTRIES, LISTS, DATES)
"""Headings of the help, in their order."""

EVERYWHERE: tuple[Key, ...] = (
    Key("help", ("f1", "question_mark"), "app.help", N_("Help"), "bz", SCREENS, foot=True),
    Key("record", ("f2",), "app.record_menu", N_("Record"), "dj", ENTRIES, foot=True, writes="entries"),
    Key("find", ("f3", "slash"), "app.find", N_("Find"), "cz", SCREENS, foot=True),
    Key("date.go", ("f4",), "app.go_to_date", N_("Date"), "rq", DATES, foot=True),
    Key("alerts", ("f6",), "app.alerts", N_("Alerts"), "yj", SCREENS, foot=True),
    Key("replay", ("f7",), "app.replay", N_("Replay"), "cf", SCREENS, foot=True),
    Key("reports", ("f8",), "app.reports", N_("Reports"), "bb", SCREENS, foot=True),
    Key("palette", ("f9", "ctrl+p"), "app.palette", N_("Commands"), "ml", SCREENS, foot=True),
    Key("refresh", ("f5",), "app.ask_again", N_("Refresh"), "sx", SCREENS),
    Key("date.back", ("left_square_bracket",), "app.step_months(-1)", N_("Month back"), "sy", DATES),
    Key("date.on", ("right_square_bracket",), "app.step_months(1)", N_("Month forward"), "xy", DATES),
    Key("date.today", ("equals_sign",), "app.today", N_("Today"), "jr", DATES),
    Key("known.back", ("shift+left",), "app.step_known_days(-1)", N_("Known: day back"), "szqyt", DATES),
    Key("known.on", ("shift+right",), "app.step_known_days(1)", N_("Known: day forward"), "szhyt", DATES),
    Key("entry.back", ("ctrl+left",), "app.step_entries(-1)", N_("Known: entry back"), "szqyb", DATES),
    Key("entry.on", ("ctrl+right",), "app.step_entries(1)", N_("Known: entry forward"), "szhyb", DATES),
    Key(
        "undo",
        ("ctrl+z",),
        "app.reverse_last",
        N_("Reverse what I recorded last"),
        "czwgcdj",
        ENTRIES,
        writes="entries",
    ),
    Key("again", ("ctrl+d",), "app.record_again", N_("Once more, same document"), "twhxl", ENTRIES, writes="entries"),
    Key("drafts", (), "app.drafts", N_("Drafts"), "cg", ENTRIES),
    Key("import", (), "app.import_table", N_("Import a spreadsheet"), "drbg", ENTRIES, writes="entries"),
    Key("overview", ("f12",), "app.overview", N_("Overview"), "gl", SCREENS),
    Key("settings", (), "app.settings", N_("Settings"), "sz", SCREENS),
    Key("back", ("escape",), "app.back", N_("Back"), "fh", SCREENS),
    Key("quit", ("ctrl+q",), "app.leave", N_("Quit"), "tc", SCREENS),
)
"""Actions that every screen has."""

TABLE: tuple[Key, ...] = (
    Key("row.open", ("enter",), "open", N_("Open"), "dk", LISTS, foot=True),
    Key("row.mark", ("space",), "mark", N_("Mark"), "xz", LISTS),
    Key("row.copy", ("ctrl+c",), "copy", N_("Copy rows"), "fz", LISTS),
    Key("row.up", ("up",), "move(-1)", N_("Row up"), "syh", LISTS),
    Key("row.down", ("down",), "move(1)", N_("Row down"), "xyh", LISTS),
    Key("row.page_up", ("pageup",), "page(-1)", N_("Page up"), "syy", LISTS),
    Key("row.page_down", ("pagedown",), "page(1)", N_("Page down"), "xyy", LISTS),
    Key("row.first", ("home",), "first", N_("First row"), "dyh", LISTS),
    Key("row.last", ("end",), "last", N_("Last row"), "zhyh", LISTS),
    Key("row.unfold", ("right",), "unfold", N_("Unfold"), "zk", LISTS),
    Key("row.fold", ("left",), "fold", N_("Fold"), "sq", LISTS),
)
"""Actions of every list."""

GO_TO: tuple[Key, ...] = (
    Key("go.back", ("pageup",), "screen.step(-1)", N_("Month back in the box"), "ksy", DATES, priority=True),
    Key("go.on", ("pagedown",), "screen.step(1)", N_("Month forward in the box"), "kxy", DATES, priority=True),
    Key("go.keep", ("ctrl+s",), "screen.keep", N_("Bookmark it"), "swsq", DATES, foot=True, priority=True),
    Key("go.drop", ("delete",), "screen.drop", N_("Remove bookmark"), "scsq", DATES, foot=True),
)
PLACES: tuple[Key, ...] = tuple(
    Key(f"place.{digit}", (digit,), f"screen.place({digit})", N_("Go to the place of this number"), "qwcc", DATES)
    for digit in "123456789"
)
"""While the list has the focus; in the fields above it digits are typed."""
UNIT: tuple[Key, ...] = (
    Key("unit.roster", ("1",), "screen.tab('roster')", N_("Roster"), "hmc", SCREENS),
    Key("unit.quota", ("2",), "screen.tab('quota')", N_("Quota history"), "bzyg", SCREENS),
    Key("unit.secondments", ("3",), "screen.tab('secondments')", N_("Lent and borrowed"), "jcjr", SCREENS),
    Key("unit.entries", ("4",), "screen.tab('entries')", N_("Entries"), "sj", SCREENS),
    Key("unit.curve", ("5",), "screen.tab('curve')", N_("Headcount curve"), "qx", SCREENS),
)
PERSON: tuple[Key, ...] = (
    Key("person.effective", ("1",), "screen.order('effective_on')", N_("By effective date"), "asxr", LISTS, foot=True),
    Key("person.recorded", ("2",), "screen.order('position')", N_("By time of recording"), "adjsj", LISTS, foot=True),
)
ALERTS: tuple[Key, ...] = (
    Key(
        "alerts.acknowledge",
        ("1",),
        "screen.act('acknowledge')",
        N_("Acknowledge"),
        "qs",
        ENTRIES,
        foot=True,
        writes="alerts",
    ),
    Key("alerts.snooze", ("2",), "screen.act('snooze')", N_("Snooze"), "zh", ENTRIES, foot=True, writes="alerts"),
    Key("alerts.scan", ("3",), "screen.act('scan')", N_("Scan"), "sm", ENTRIES, foot=True, writes="alerts"),
    Key("alerts.waive", ("4",), "screen.act('waive')", N_("Waive"), "hm", ENTRIES, foot=True, writes="alerts"),
    Key("alerts.letter", ("5",), "screen.act('letter')", N_("Letter"), "cfh", ENTRIES, foot=True, writes="alerts"),
    Key("alerts.resolve", ("6",), "screen.resolve", N_("Resolve"), "djxc", ENTRIES, foot=True, writes="entries"),
    Key("alerts.deliveries", ("7",), "screen.deliveries", N_("Deliveries"), "fsjl", SCREENS, foot=True),
    Key("alerts.next", ("tab",), "screen.turn(1)", N_("Next state"), "xyzt", LISTS),
    Key("alerts.previous", ("shift+tab",), "screen.turn(-1)", N_("State before"), "syzt", LISTS),
)
REPORTS: tuple[Key, ...] = (
    Key("reports.write", ("ctrl+s",), "screen.write", N_("Write"), "dc", LISTS, foot=True, priority=True),
    Key("reports.unit", ("1",), "screen.field('unit')", N_("Scope"), "fw", LISTS, foot=True),
    Key("reports.form", ("2",), "screen.form", N_("Format"), "gs", LISTS, foot=True),
    Key("reports.period", ("3",), "screen.field('period')", N_("Period"), "qj", LISTS, foot=True),
    Key("reports.file", ("4",), "screen.field('file')", N_("File"), "wj", LISTS, foot=True),
    Key("reports.table", ("5",), "screen.block", N_("Next table"), "xyb", LISTS),
    Key("reports.copy", ("ctrl+c",), "screen.copy", N_("Copy table"), "fz", LISTS, foot=True, priority=True),
)
IMPORT: tuple[Key, ...] = (
    Key(
        "import.record",
        ("ctrl+s", "f10"),
        "screen.record",
        N_("Record it"),
        "dj",
        ENTRIES,
        foot=True,
        writes="entries",
        priority=True,
    ),
    Key("import.file", ("1",), "screen.field('file')", N_("Another file"), "hwj", LISTS, foot=True),
    Key("import.closing", ("2",), "screen.field('closing')", N_("Closing date"), "jzrq", LISTS),
    Key("import.document", ("3",), "screen.field('document')", N_("Document no."), "pwh", LISTS),
    Key("import.baseline", ("4",), "screen.baseline", N_("Opening data or not"), "qcsj", LISTS),
    Key("import.count", ("5",), "screen.field('count')", N_("Row count"), "hs", LISTS, foot=True),
    Key("import.check", ("f5",), "screen.check_again", N_("Check again"), "cxjy", LISTS, foot=True),
    Key("import.back", ("escape",), "screen.stop", N_("Stop, or back"), "tz", SCREENS, foot=True),
)
"""A spreadsheet: chosen, checked, recorded."""
REPLAY: tuple[Key, ...] = (
    Key("replay.pin", ("f5",), "screen.pin", N_("Set B here"), "szb", DATES, foot=True),
    Key("replay.verify", ("ctrl+k",), "screen.verify", N_("Check the chain"), "jyl", SCREENS, foot=True),
)
FORM: tuple[Key, ...] = (
    Key(
        "form.record",
        ("ctrl+s", "f10"),
        "screen.record",
        N_("Record it"),
        "dj",
        ENTRIES,
        foot=True,
        writes="entries",
        priority=True,
    ),
    Key("form.enter", ("enter",), "screen.enter", N_("Next field"), "xyx", ENTRIES, priority=True),
    Key("form.next", ("tab",), "screen.step(1)", N_("Next field as it is"), "xyx", ENTRIES, priority=True),
    Key("form.previous", ("shift+tab",), "screen.step(-1)", N_("Field before"), "syx", ENTRIES, priority=True),
    Key("form.again", ("ctrl+d",), "screen.again", N_("Same document"), "twh", ENTRIES, foot=True, priority=True),
    Key("form.list", ("f3",), "screen.list", N_("Choose"), "xz", ENTRIES, foot=True, priority=True),
    Key("form.look", ("f5",), "screen.look_again", N_("Look again"), "zk", ENTRIES, priority=True),
    Key("form.leave", ("escape",), "screen.leave_form", N_("Leave (draft kept)"), "fh", ENTRIES, foot=True),
    Key(
        "form.page_up", ("pageup",), "screen.scroll_preview(-1)", N_("Effect: page up"), "yxsy", ENTRIES, priority=True
    ),
    Key(
        "form.page_down",
        ("pagedown",),
        "screen.scroll_preview(1)",
        N_("Effect: page down"),
        "yxxy",
        ENTRIES,
        priority=True,
    ),
    Key("form.up", ("up",), "screen.point(-1)", N_("One up"), "sy", ENTRIES, priority=True),
    Key("form.down", ("down",), "screen.point(1)", N_("One down"), "xy", ENTRIES, priority=True),
)
"""Actions of every form; Enter goes to the next field and never records.

They have priority: the field itself is not asked first.
"""

ACT: tuple[Key, ...] = tuple(
    key for key in FORM if key.id in ("form.record", "form.enter", "form.next", "form.previous")
)
"""What is done about alerts has a few fields; they are filled in as those of a form."""

MENU: tuple[Key, ...] = tuple(
    Key(f"menu.{digit}", (digit,), f"screen.open_digit('{digit}')", N_("Open the form of this number"), "dk", ENTRIES)
    for digit in "1234567890"
)
DRAFTS: tuple[Key, ...] = (
    Key("draft.drop", ("delete",), "screen.drop", N_("Throw the draft away"), "sccg", ENTRIES, foot=True),
)
WELCOME: tuple[Key, ...] = tuple(
    Key(f"welcome.{number}", (number,), f"screen.way('{number}')", label, initials, SCREENS)
    for number, label, initials in (
        ("1", N_("Load the demo"), "zrys"),
        ("2", N_("Begin a ledger"), "xjtz"),
        ("3", N_("Open another ledger"), "dkqttz"),
        ("4", N_("Other language"), "yy"),
    )
)
ALL = (*EVERYWHERE, *TABLE, *GO_TO, *UNIT, *PERSON, *ALERTS, *REPORTS, *IMPORT, *REPLAY, *FORM, *DRAFTS, *WELCOME)


BY_ID: Mapping[str, Key] = {key.id: key for key in ALL}


def with_full_width(keys: Iterable[str]) -> Iterator[str]:
    """The keys, each followed by its full-width form where it has one."""
    for key in keys:
        yield key
        if key in FULL_WIDTH:
            yield FULL_WIDTH[key]


def bindings(keys: Iterable[Key]) -> list[Binding]:
    """For `BINDINGS` of an app, screen or widget; an action without a key is in the palette alone."""
    return [key.binding() for key in keys if key.keys]


def named(key: str) -> str:
    """A key as it stands on a keyboard: `F1`, `Ctrl+S`, `[`; translated where it has a word."""
    *modifiers, last = key.split("+")
    name = _SHOWN.get(last) or _(_NAMED.get(last, "")) or last.capitalize()
    return "+".join([*(one.capitalize() for one in modifiers), name])


NEVER_ALONE = frozenset({"ctrl+b", "ctrl+a", "f10", "f11"})
"""Keys that terminals and multiplexers take for themselves."""


def problem_with(key: Key, wanted: str, chosen: Mapping[str, tuple[str, ...]]) -> str:
    """Why a key cannot be an action's only key; nothing when it can."""
    if len(wanted) == 1 and wanted.isalpha():
        return _("A letter cannot be a command: Chinese input would swallow it.")
    if wanted in NEVER_ALONE:
        return _("Terminals take this key for themselves; choose another.")
    others = clashes({**chosen, key.id: (wanted,)})
    names = [other.label for one, other in others if one.id == key.id]
    names += [one.label for one, other in others if other.id == key.id]
    return _("This key already means “{action}”.").format(action=_(names[0])) if names else ""


def clashes(chosen: Mapping[str, tuple[str, ...]]) -> list[tuple[Key, Key]]:
    """Pairs of actions that would share a key because of what a user chose."""
    found: list[tuple[Key, Key]] = []
    for group in (TABLE, GO_TO, UNIT, PERSON, ALERTS, REPORTS, IMPORT, REPLAY, FORM, DRAFTS):
        together = [*EVERYWHERE, *group]
        for place, one in enumerate(together):
            for other in together[place + 1 :]:
                if one.id not in chosen and other.id not in chosen:
                    continue
                if (
                    set(chosen.get(one.id, one.keys)) & set(chosen.get(other.id, other.keys))
                    and (one, other) not in found
                ):
                    found.append((one, other))
    return found


def keymap(chosen: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """For Textual: id -> keys, with their full-width forms."""
    known = {key.id for key in ALL}
    return {name: ",".join(with_full_width(wanted)) for name, wanted in chosen.items() if name in known and wanted}
