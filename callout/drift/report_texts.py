"""Pure: what of a changed text a report keeps: both sides, bounded, and never a secret that stands in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callout.drift.change import Values
from callout.drift.judged import Judged
from callout.drift.look import Look, Section

# All texts of one report together, in characters; those of one side are bounded by the scope (64 KiB).
MOST_CHARACTERS = 4 * 1024 * 1024
LONGEST_TEXT = 1024 * 1024
# What is looked through for secrets, and shown, of one line.
LONGEST_LINE = 2000
# A value of a fact that has lines, or is longer than this, is read side by side like a text.
LONGEST_PLAIN_VALUE = 120

# A rule names secret files; any other may hold a password all the same. Of such a line only the name is kept.
# Bounded on both sides: a line made to be slow costs no more than another.
_ASSIGNMENT = re.compile(
    r"(?P<name>(?:pass|pwd|pw(?=\s*[=:])|secret|token|api_?key|credential|private_?key)[\w.\"'-]{0,80}"
    r"(?:[^\S\n]*(?:=>?|[:|>,])[^\S\n]*|[^\S\n]+))(?P<value>\S.*)",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(
    r"(?<![a-z0-9+.-])(?P<name>[a-z][a-z0-9+.-]{0,30}://[^\s:/@]{0,200}:)(?P<value>[^\s/@]+)(?=@)", re.IGNORECASE
)
_KEY_BLOCK = "PRIVATE KEY-----"
NOT_SHOWN, ANOTHER = "(not shown)", "(not shown, another than before)"


@dataclass(frozen=True, slots=True)
class TextPair:
    """A thing as text, before and after; None where it was not there. `withheld` says why neither is kept."""

    before: str | None
    after: str | None
    withheld: str = ""

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"before": self.before, "after": self.after, "withheld": self.withheld}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> TextPair:
        """What `as_dict` wrote. Raises KeyError or TypeError for anything else."""
        return cls(_text(raw["before"]), _text(raw["after"]), str(raw["withheld"]))


def text_pair(judged: Judged, before: Look, after: Look, most: int = MOST_CHARACTERS) -> TextPair | None:
    """Both sides of a change that can be read as text; None where one of them is not known, or there are no lines.

    Sides that together have more than `most` characters are withheld.
    """
    change = judged.change
    if change.section is not Section.FILES:
        if not any(_has_lines(values) for values in (change.before, change.after)):
            return None
        return _safe_pair(_as_text(change.before), _as_text(change.after), most)
    old, new = _file_text(change.before, before, change.subject), _file_text(change.after, after, change.subject)
    known = all(text is not None or values is None for text, values in ((old, change.before), (new, change.after)))
    return _safe_pair(old, new, most) if known and old != new else None


def _file_text(values: Values | None, look: Look, path: str) -> str | None:
    """The text that a look has of a file; None where there was none, or where it is of another content."""
    text = look.texts.get(path) if values is not None else None
    if text is None or values is None or not values.get("sha256"):
        return text
    # A waived change that a newer baseline took over is told from before that baseline.
    own = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return text if own == values["sha256"] else None


def _has_lines(values: Values | None) -> bool:
    return any("\n" in value or len(value) > LONGEST_PLAIN_VALUE for value in (values or {}).values())


def _as_text(values: Values | None) -> str | None:
    if values is None:
        return None
    return "".join(f"{key}:\n{value}\n" if "\n" in value else f"{key}: {value}\n" for key, value in values.items())


def _safe_pair(before: str | None, after: str | None, most: int) -> TextPair:
    sides = [side for side in (before, after) if side is not None]
    if sum(map(len, sides)) > most:
        return TextPair(None, None, "The report has texts enough.")
    if any(_KEY_BLOCK in side for side in sides):
        return TextPair(None, None, "It holds a private key.")
    if any(len(side) > LONGEST_TEXT for side in sides):
        return TextPair(None, None, "It is too long to be shown.")
    mask = _Mask()
    old = mask.masked(before)
    mask.is_after = before is not None
    return TextPair(old, mask.masked(after))


class _Mask:
    """Takes secrets out of both sides, and says where another stands now: a change of nothing else still shows."""

    def __init__(self) -> None:
        self.is_after = False
        self._known: set[str] = set()

    def masked(self, text: str | None) -> str | None:
        if text is None:
            return None
        # Whatever is no Unicode (half of a pair) could not be written as JSON.
        plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
        return "\n".join(self._line(line) for line in plain.split("\n"))

    def _line(self, line: str) -> str:
        kept, rest = line[:LONGEST_LINE], line[LONGEST_LINE:]
        for pattern in (_ASSIGNMENT, _IN_ADDRESS):
            kept = pattern.sub(lambda found: found["name"] + self._word(found["value"]), kept)
        return f"{kept}… {len(rest)} more characters {self._word(rest)}" if rest else kept

    def _word(self, value: str) -> str:
        if not self.is_after:
            self._known.add(value)
        return ANOTHER if self.is_after and value not in self._known else NOT_SHOWN


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError("a text is text")
    return value
