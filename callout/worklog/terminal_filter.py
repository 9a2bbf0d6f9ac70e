"""Pure: what a foreign system told a terminal → what may be told to a terminal of ours.

Colours, motion, erasing, scrolling and the alternate screen stay. Whatever sets a title or the clipboard, opens a
link, asks the terminal something that it would answer as if somebody typed, changes what keys send, or takes the
terminal's time without end, is left out; so are strings that never end, however they are cut into pieces.
The sequences are those of ECMA-48 and of xterm's ctlseqs.
"""

from __future__ import annotations

import re

# Motion, erasing, inserting, scrolling, colours, margins, saving the cursor.
_HARMLESS_FINALS = frozenset("ABCDEFGHIJKLMPSTXZ`abdefmrsu@")
# Of the private modes only: wrap, cursor shown, the alternate screen in its three spellings.
_HARMLESS_MODES = frozenset({"7", "25", "47", "1047", "1049"})
# Index, next line, reverse index, save and restore the cursor, keypad as numbers.
_HARMLESS_ESCAPES = frozenset("DEM78>")
# Line drawing and plain letters, for the sets that Shift In and Shift Out choose.
_HARMLESS_CHARSETS = frozenset({"(0", "(B", ")0", ")B"})
_HARMLESS_CONTROLS = frozenset("\b\t\n\v\f\r\x0e\x0f")
# A repetition or a motion by more than four digits has no use but to keep a terminal busy.
_NUMBER_DIGITS = 4
_MOST_NUMBERS = 32
_LONGEST_SEQUENCE = 256
_EIGHT_BITS = {"\x84": "\x1bD", "\x85": "\x1bE", "\x88": "\x1bH", "\x8d": "\x1bM", "\x9b": "\x1b[", "\x90": "\x1bP"} | {
    "\x98": "\x1bX", "\x9d": "\x1b]", "\x9e": "\x1b^", "\x9f": "\x1b_", "\x9c": "\x1b\\",
}  # fmt: skip
_TOKENS = re.compile(
    r"[^\x00-\x1f\x7f-\x9f]+"
    r"|\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_]"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
    r"|[\x00-\x1f\x7f-\x9f]"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[ -/]*)?\Z")
_HARMLESS_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])")
_STRING_ENDS = re.compile(r"\x07|\x1b\\|\x9c|[\x18\x1a]|\x1b(?=[^\\])")
# Puts a terminal back as it was: colours, wrap, cursor, margins, letters, and out of the alternate screen.
RESET = "\x1b[0m\x1b[4l\x1b[?7h\x1b[?25h\x1b(B\x0f"
LEAVE_ALTERNATE = "\x1b[?1049l"
RESET_MARGINS = "\x1b7\x1b[r\x1b8"


class TerminalFilter:
    """Takes text as it comes, cut anywhere, and gives back what is harmless."""

    def __init__(self) -> None:
        self._held = ""
        self._in_string = False
        self.in_alternate_screen = False

    def text(self, said: str) -> str:
        """What of it, and of what was held back before, may be shown."""
        said, self._held = self._held + said, ""
        told = []
        at = 0
        while at < len(said):
            if self._in_string:
                at = self._skip_string(said, at)
                continue
            unfinished = _UNFINISHED.match(said, at)
            if unfinished:
                # Longer than any real one: what follows is told as text, without its beginning.
                self._held = said[at:] if len(said) - at <= _LONGEST_SEQUENCE else ""
                break
            token = _TOKENS.match(said, at)
            if token is None:  # an escape that begins nothing
                at += 1
                continue
            at = token.end()
            told.append(self._harmless(token[0]))
        return "".join(told)

    def reset(self) -> str:
        """What puts the terminal back as it was before the first text."""
        return (LEAVE_ALTERNATE if self.in_alternate_screen else "") + RESET_MARGINS + RESET

    def _skip_string(self, said: str, at: int) -> int:
        end = _STRING_ENDS.search(said, at)
        if end is None:
            self._held = "\x1b" if said.endswith("\x1b") else ""
            return len(said)
        self._in_string = False
        return end.start() if end[0] == "\x1b" else end.end()

    def _harmless(self, token: str) -> str:
        first = token[0]
        if first in _EIGHT_BITS:
            # As eight bits or as two characters, a terminal reads the same; what follows one is read anew.
            return self._opened(_EIGHT_BITS[first])
        if first != "\x1b":
            return token if first.isprintable() or first >= "\xa0" or first in _HARMLESS_CONTROLS else ""
        if len(token) > 1 and token[1] == "[" and len(token) > 2:
            return token if self._harmless_sequence(token[2:-1], token[-1]) else ""
        return self._opened(token)

    def _opened(self, token: str) -> str:
        if token[1:2] in ("]", "P", "X", "^", "_"):
            self._in_string = True
            return ""
        harmless = token[1:] in _HARMLESS_ESCAPES or token[1:] in _HARMLESS_CHARSETS
        return token if harmless else ""

    def _harmless_sequence(self, parameters: str, final: str) -> bool:
        if final in "hl" and parameters.startswith("?"):
            modes = parameters[1:].split(";")
            harmless = set(modes) <= _HARMLESS_MODES
            if harmless and set(modes) & {"47", "1047", "1049"}:
                self.in_alternate_screen = final == "h"
            return harmless
        if final in "hl":
            return parameters == "4"
        numbers = re.split(r"[;:]", parameters)
        if final == "J" and "3" in numbers:  # what the person had on the screen before is theirs
            return False
        plain = all(number == "" or (number.isdecimal() and len(number) <= _NUMBER_DIGITS) for number in numbers)
        return plain and final in _HARMLESS_FINALS and len(numbers) <= _MOST_NUMBERS


class PlainFilter:
    """The text alone: no colours, no motion; lines end by line breaks, what cannot be printed is written as escapes."""

    def __init__(self) -> None:
        self._filter = TerminalFilter()
        self._held = ""

    def text(self, said: str) -> str:
        """What of it, and of what was held back before, is text."""
        seen = self._held + _HARMLESS_SEQUENCE.sub("", self._filter.text(said))
        kept = seen.removesuffix("\r")  # a line break may follow
        self._held = seen[len(kept) :]
        return "".join(map(_plain, re.sub(r"\r*\n|\r+", "\n", kept)))

    def reset(self) -> str:
        """Nothing: a terminal that was told text alone is as it was."""
        return ""


def _plain(character: str) -> str:
    if character.isprintable() or character in "\n\t":
        return character
    return "" if character < " " else character.encode("unicode_escape").decode("ascii")
