"""What a hostile system said reaches a terminal of ours without anything that does more than draw."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callout.worklog.terminal_filter import PlainFilter, TerminalFilter

ESC = "\x1b"
HARMFUL = {
    "title": f"{ESC}]0;owned\x07", "icon": f"{ESC}]1;x{ESC}\\", "clipboard": f"{ESC}]52;c;cm0gLXJmIC8K\x07",
    "link": f"{ESC}]8;;http://evil.example{ESC}\\", "colours asked": f"{ESC}]4;1;?\x07",
    "palette": f"{ESC}]4;1;#000000\x07",
    "iterm file": f"{ESC}]1337;File=name=eA==:eA==\x07", "attributes": f"{ESC}[c", "second attributes": f"{ESC}[>0c",
    "identify": f"{ESC}Z", "status": f"{ESC}[5n", "where is the cursor": f"{ESC}[6n", "private status": f"{ESC}[?6n",
    "answerback": "\x05", "title asked": f"{ESC}[21t", "window size": f"{ESC}[8;500;500t", "minimise": f"{ESC}[2t",
    "setting asked": f"{ESC}P$qm{ESC}\\", "termcap asked": f"{ESC}P+q544e{ESC}\\", "sixel": f"{ESC}Pq#0;2;0;0;0{ESC}\\",
    "kitty picture": f"{ESC}_Ga=q;x{ESC}\\", "privacy message": f"{ESC}^x{ESC}\\", "start of string": f"{ESC}Xx{ESC}\\",
    "mouse": f"{ESC}[?1000h", "mouse in pixels": f"{ESC}[?25;1003h", "bracketed paste": f"{ESC}[?2004h",
    "focus": f"{ESC}[?1004h", "application keys": f"{ESC}[?1h", "keypad": f"{ESC}=", "other keys": f"{ESC}[>4;2m",
    "kitty keys": f"{ESC}[>1u", "keyboard locked": f"{ESC}[2h", "line feed mode": f"{ESC}[20h", "reset": f"{ESC}c",
    "soft reset": f"{ESC}[!p", "scrollback erased": f"{ESC}[3J", "printer": f"{ESC}[5i",
    "repeated": "x" + f"{ESC}[999999999b",
    "tabs cleared": f"{ESC}[3g", "memory lock": f"{ESC}l", "eight bits title": "\x9d0;owned\x9c",
    "eight bits status": "\x9b6n",
    "eight bits device string": "\x90$qm\x9c", "window alignment": f"{ESC}#8", "utf-8 off": f"{ESC}%@", "bell": "\x07",
    "cursor style": f"{ESC}[1 q", "tab set": f"{ESC}H", "null": "\x00", "delete": "\x7f",
    "parameters": f"{ESC}[{';1' * 500}m",
}  # fmt: skip
HARMLESS = (
    f"{ESC}[31;1mred{ESC}[0m", f"{ESC}[38;2;1;2;3m", f"{ESC}[4:3m", f"{ESC}[2J{ESC}[H", f"{ESC}[10;20H", f"{ESC}[K",
    f"{ESC}7{ESC}8", f"{ESC}[?25l", f"{ESC}[?1049h", f"{ESC}(0lqk{ESC}(B", f"{ESC}[1;24r", f"{ESC}M",
    "a\tb\r\n", "\b \b",
    "漢字 ü 😀", f"{ESC}[4h", f"{ESC}[3X", "-" + f"{ESC}[79b",
)  # fmt: skip
# What is left may hold these and nothing else: whole sequences of the allowed kinds, and plain text.
ALLOWED = re.compile(
    r"(?:[^\x00-\x1f\x7f-\x9f]|[\b\t\n\v\f\r\x0e\x0f]|\x1b[DEM78>]|\x1b[()][0B]"
    r"|\x1b\[[0-9;:]*[A-MPSTXZ`abdefmrsu@]|\x1b\[4[hl]|\x1b\[\?(?:7|25|47|1047|1049)(?:;(?:7|25|47|1047|1049))*[hl])*"
)


def through(text: str, cuts: list[int]) -> str:
    one, told, before = TerminalFilter(), [], 0
    for cut in sorted(cut % (len(text) + 1) for cut in cuts):
        told.append(one.text(text[before:cut]))
        before = cut
    return "".join([*told, one.text(text[before:])])


@pytest.mark.parametrize("name", HARMFUL)
@pytest.mark.parametrize("cut", [0, 1, 2, 3, 5])
def test_what_does_more_than_draw_is_left_out(name: str, cut: int) -> None:
    told = through(f"before{HARMFUL[name]}after", [6 + cut])
    assert ESC not in told
    assert told.startswith("before")
    assert told.endswith("after")
    assert all(character.isprintable() for character in told)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_draws_stays(text: str) -> None:
    assert through(f"<{text}>", []) == f"<{text}>"
    assert through(f"<{text}>", list(range(40))) == f"<{text}>"


@given(
    st.lists(
        st.sampled_from([*HARMFUL.values(), *HARMLESS, ESC, f"{ESC}[", f"{ESC}]", f"{ESC}P", "\\", "\x07", "x", "0;1m"])
    ),
    st.lists(st.integers(0, 500), max_size=20),
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_put_together_and_wherever_it_is_cut(pieces: list[str], cuts: list[int]) -> None:
    assert ALLOWED.fullmatch(through("".join(pieces), cuts))


@given(st.text(alphabet='\x1b\x9b\x9d\x90\x07\x18[]PX^_()?;0123456789hlmnctqJH \\"$>!=#%\x9c ab', max_size=60))
@settings(max_examples=100, deadline=None)
def test_noise(text: str) -> None:
    assert ALLOWED.fullmatch(through(text, []))
    plain = PlainFilter()
    assert all(character.isprintable() or character in "\n\t" for character in plain.text(text))


def test_a_string_that_never_ends_swallows_itself_and_is_not_kept() -> None:
    one = TerminalFilter()
    assert one.text(f"a{ESC}]52;c;") == "a"
    for _ in range(100):
        assert one.text("x" * 10_000) == ""
    assert len(one._held) <= 1
    assert one.text(f"{ESC}[31mb") == f"{ESC}[31mb"


def test_a_sequence_that_never_ends_is_not_kept_either() -> None:
    one = TerminalFilter()
    one.text(f"{ESC}[")
    one.text("1" * 1000)
    assert len(one._held) <= 256


def test_the_terminal_is_put_back() -> None:
    one = TerminalFilter()
    one.text(f"{ESC}[?1049h{ESC}[31m{ESC}[?25l{ESC}(0")
    assert one.reset().startswith(f"{ESC}[?1049l")
    assert all(part in one.reset() for part in (f"{ESC}[0m", f"{ESC}[?25h", f"{ESC}(B", f"{ESC}[r"))
    one.text(f"{ESC}[?1049l")
    assert "1049" not in one.reset()


def test_plain_is_text_alone() -> None:
    plain = PlainFilter()
    told = "".join(
        map(plain.text, [f"{ESC}[31mred{ESC}[0m\r", "\n10%\r20%\r\n", f"{ESC}]0;t\x07\u202edesrever\ttab\n"])
    )
    assert told == "red\n10%\n20%\n\\u202edesrever\ttab\n"
    assert plain.reset() == ""
