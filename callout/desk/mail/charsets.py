"""Pure: bytes in some character set → text in which nothing moves a cursor."""

from __future__ import annotations

import codecs
import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+()-]{0,39}", re.ASCII)
# Python's registry also has `unicode_escape`, `idna`, `punycode` and whatever is installed: none of them is for mail.
_FAMILIES = re.compile(
    r"ascii|utf-(7|8|8-sig|16|16-be|16-le|32|32-be|32-le)|iso8859-\d{1,2}|cp\d{3,4}|koi8-[rtu]|mac-[a-z0-9]{1,20}"
    r"|gb2312|gbk|gb18030|hz|big5|big5hkscs|shift_jis(_2004|x0213)?|euc_(jp|jis_2004|jisx0213|kr)|johab|tis-620"
    r"|iso2022_[a-z0-9_]{2,8}|kz1048|ptcp154|hp-roman8",
    re.ASCII,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")
_SPACES = re.compile(r"\s+")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def known_charset(name: str) -> str:
    """The codec for a mail's name of a character set; empty for one that we do not read."""
    name = name.strip().strip("\"'")
    if not _NAME.fullmatch(name):
        return ""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    return found if _FAMILIES.fullmatch(found) else ""


def decoded(data: bytes, charset: str) -> tuple[str, bool]:
    """The text, and whether it is surely what was written: False where letters had to be guessed or replaced.

    Without a charset that we know UTF-8 is tried, then Windows-1252, as mail programs do. Never raises.
    """
    codec = known_charset(charset) if charset else ""
    for name in ("utf-8",) if codec in ("", "ascii") else (codec, "utf-8"):
        try:
            return cleaned(data.decode(name)), bool(codec) or data.isascii()
        except ValueError:  # also what some codecs raise that is no UnicodeDecodeError
            continue
    return cleaned(data.decode("cp1252", "replace")), False


def cleaned(text: str) -> str:
    """Text with line feeds alone as line ends, and without control characters, NULs and halves of pairs."""
    return _CONTROLS.sub(REPLACEMENT, _LINE_ENDS.sub("\n", text))


def one_line(text: str, limit: int) -> str:
    """On one line, single spaces, at most `limit` characters."""
    flat = _SPACES.sub(" ", cleaned(text[: limit * 4])).strip()
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
