"""Colours. They only repeat what a word or sign already says, so that a screen without colour loses nothing."""

from __future__ import annotations

from textual.theme import Theme

DEFAULT_THEME = "ledger-dark"


def _tones(over: str, vacant: str, away: str, overdue: str, faint: str) -> dict[str, str]:
    return {
        "tone-over": over,
        "tone-vacant": vacant,
        "tone-away": away,
        "tone-overdue": overdue,
        "tone-faint": faint,
    }


THEMES = (
    Theme(
        name="ledger-dark",
        primary="#5fafff",
        foreground="#f2f2f2",
        background="#101014",
        surface="#101014",
        panel="#26262e",
        dark=True,
        variables=_tones("#ff6b6b", "#ffd75f", "#7fbfff", "#ff87ff", "#a8a8a8"),
    ),
    Theme(
        name="ledger-light",
        primary="#0b4f9e",
        foreground="#111111",
        background="#ffffff",
        surface="#ffffff",
        panel="#e4e6ea",
        dark=False,
        variables=_tones("#b00020", "#7a5200", "#0b4f9e", "#8e1e8e", "#555555"),
    ),
    Theme(
        name="ledger-16",
        primary="ansi_bright_blue",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        ansi=True,
        variables=_tones("ansi_red", "ansi_yellow", "ansi_cyan", "ansi_magenta", "ansi_default"),
    ),
    Theme(
        name="ledger-mono",
        primary="#ffffff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#303030",
        dark=True,
        variables=_tones("#ffffff", "#ffffff", "#ffffff", "#ffffff", "#ffffff"),
    ),
)
"""The theme that everything is checked in comes first; `ledger-16` uses the terminal's own colours."""
