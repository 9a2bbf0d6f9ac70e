"""Pure: what somebody wrote, apart from what they quoted below it."""

from __future__ import annotations

import re

# The line above a quote, in the words of mail programs in English and German.
_ATTRIBUTION = re.compile(
    r"(?:on|am|le|el|il|op|den)\b.{0,300}\b"
    r"(?:wrote|schrieb|writes|a écrit|escribió|ha scritto|schreef|skrev)\b.{0,200}:\s*",
    re.IGNORECASE | re.DOTALL,
)
_ORIGINAL = re.compile(
    r"[-_ ]{2,40}\s{0,3}(?:original message|ursprüngliche nachricht|urspruengliche nachricht|original-nachricht"
    r"|originalnachricht|forwarded message|weitergeleitete nachricht)\s{0,3}[-_ ]{0,40}",
    re.IGNORECASE,
)
_FROM = re.compile(r"\*?(?:from|von):\*?\s?\S.{0,300}", re.IGNORECASE)
_SENT = re.compile(r"\*?(?:sent|gesendet|date|datum):\*?\s?\S.{0,200}", re.IGNORECASE)
_RULE = re.compile(r"[_-]{10,}")


def without_quotes(text: str) -> str:
    """The text without what is quoted at its end; the whole text where nothing else is in it.

    Only what nobody wrote anything below is left out: answers between quoted lines keep them.
    """
    lines = text.split("\n")
    end = _original_message(lines)
    end = _before_blank(lines, end)
    quoted = end
    while quoted and (lines[quoted - 1].lstrip().startswith(">") or not lines[quoted - 1].strip()):
        quoted -= 1
    if quoted < end and any(line.lstrip().startswith(">") for line in lines[quoted:end]):
        end = _before_blank(lines, _before_attribution(lines, quoted))
    said = "\n".join(lines[:end]).strip()
    return said or text.strip()


def _original_message(lines: list[str]) -> int:
    """The line from which on it is the mail before this one, as some programs write it; the end where there is none."""
    for number, line in enumerate(lines):
        flat = line.strip()
        if not flat or len(flat) > 400:
            continue
        if _ORIGINAL.fullmatch(flat):
            return number
        if _FROM.fullmatch(flat) and any(_SENT.fullmatch(one.strip()) for one in lines[number + 1 : number + 4]):
            above = number - 1
            return above if above >= 0 and _RULE.fullmatch(lines[above].strip()) else number
    return len(lines)


def _before_attribution(lines: list[str], quoted: int) -> int:
    """Where the line begins (or two, or three) that says whose words follow."""
    last = _before_blank(lines, quoted)
    for count in (1, 2, 3):
        first = last - count
        if first < 0:
            break
        said = " ".join(line.strip() for line in lines[first:last])
        if len(said) <= 600 and _ATTRIBUTION.fullmatch(said):
            return first
    return last


def _before_blank(lines: list[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end
