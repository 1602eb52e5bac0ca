"""Inputs like those that were kept: cut, joined, repeated, with bytes changed and odd characters put in."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzzing.targets import corpus

ODD = [
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", "\u202e".encode(), "\U0001f600".encode(), b"\\ud800", b"1e999",
    b"NaN", b"-0", b"9" * 40, b"[" * 200, b'{"a":' * 50, b"\x1b[31m", b"\r\n", b"'", b'"', b"\\", b",", b":", b"=1+1",
    "２０２２年".encode(), "二〇二二年".encode(), b"2022-02-30", b"0000-00-00", b"10000-01-01", b"%s", b"{0}", b"../",
]  # fmt: skip


@st.composite
def _changed(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data))))
        match draw(st.integers(0, 4)):
            case 0:
                data[at : at + draw(st.integers(1, 8))] = b""
            case 1:
                data[at:at] = draw(st.sampled_from(ODD))
            case 2:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
            case 3:
                data[at:at] = draw(st.binary(max_size=6))
            case _:
                data[at:at] = data[: draw(st.integers(0, 40))]
    return bytes(data)


def inventions(target: str) -> st.SearchStrategy[bytes]:
    """Mostly changed seeds of the target, some free text, some plain bytes."""
    seeds = [path.read_bytes() for path in corpus(target)] or [b""]
    free = st.text(st.characters(codec="utf-8"), max_size=60).map(str.encode)
    return _changed(seeds) | _changed(seeds) | free | st.binary(max_size=60)
