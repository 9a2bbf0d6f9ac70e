"""Pure: a bounded block of header lines → names and values; RFC 2047's encoded words → text."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from callout.desk.mail import limits
from callout.desk.mail.charsets import REPLACEMENT, decoded, one_line

_END = re.compile(rb"\r?\n\r?\n|\r\r")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\n]*)\?=")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_BLANK = re.compile(r"\s*")
_IDENTIFIER = re.compile(r"<([^<>\s]{3,250})>")
_NAME = re.compile(r"([!-9;-~]{1,100})[ \t]*:", re.ASCII)


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in order: lower-case names and raw values (unfolded; 8-bit bytes as surrogates), each bounded."""

    fields: tuple[tuple[str, str], ...]
    is_cut: bool = False

    def all(self, name: str) -> list[str]:
        """The raw values of every field of that (lower-case) name."""
        return [value for one, value in self.fields if one == name]

    def first(self, name: str) -> str:
        """The first one's raw value; empty where there is none."""
        return next((value for one, value in self.fields if one == name), "")

    def text(self, name: str, limit: int) -> str:
        """The first one's value as text on one line."""
        return one_line(decoded_words(self.first(name)), limit)

    def identifiers(self, name: str) -> list[str]:
        """The `<…>` in all fields of that name, without their brackets, in order; message ids."""
        return [found for value in self.all(name) for found in _IDENTIFIER.findall(without_bytes(value))]


def split_headers(raw: bytes, start: int, end: int, *, is_part: bool = False) -> tuple[Headers, int]:
    """The header block that begins at `start`, and where its body begins; at most `end`. Of a part less is read."""
    most_bytes = limits.PART_HEADER_BYTES if is_part else limits.HEADER_BYTES
    most_lines = limits.PART_HEADER_LINES if is_part else limits.HEADER_LINES
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return Headers(()), start + (1 if raw[start] == 10 else 2)
    furthest = min(end, start + most_bytes)
    found = _END.search(raw, start, furthest)
    is_cut = found is None and furthest < end
    body = found.end() if found else furthest
    fields: list[list[str]] = []
    at = start
    lines = raw[start : found.start() if found else furthest].splitlines(keepends=True)
    for line in lines[:most_lines]:
        text = line.decode("ascii", "surrogateescape").rstrip("\r\n")
        if line[:1] in b" \t" and fields:
            fields[-1].append(text)
        elif name := _NAME.match(text):
            fields.append([name[1].lower(), text[name.end() :]])
        elif not (at == start and text.startswith(("From ", ">From "))):
            body = at  # a line that is no header ends the block, also without an empty line
            break
        at += len(line)
    is_cut = is_cut or len(lines) > most_lines
    return Headers(tuple((name, _unfolded(folded)) for name, *folded in fields), is_cut), body


def _unfolded(lines: list[str]) -> str:
    text = " ".join(lines)[: limits.HEADER_CHARACTERS] if len(lines) > 1 else lines[0][: limits.HEADER_CHARACTERS]
    return text.replace("\r", " ").replace("\n", " ").strip()


def decoded_words(value: str) -> str:
    """A header's value with its encoded words read. Neighbours in one charset are joined before they are decoded."""
    said: list[str] = []
    end = 0
    pending, charset = b"", ""
    for found in _WORD.finditer(value):
        between = value[end : found.start()]
        end = found.end()
        data = _word_bytes(found[2], found[3])
        own = found[1].partition("*")[0]
        is_next = bool(charset) and _BLANK.fullmatch(between) is not None
        if is_next and own.lower() == charset.lower():
            pending += data
            continue
        said.append(decoded(pending, charset)[0])
        if not is_next:
            said.append(without_bytes(between))
        pending, charset = data, own
    return "".join([*said, decoded(pending, charset)[0], without_bytes(value[end:])])


def without_bytes(value: str) -> str:
    """Text whose 8-bit bytes, which have no place in a header, are read as UTF-8 or Windows-1252."""
    if value.isascii():
        return value
    return decoded(_bytes_of(value), "")[0]


def _bytes_of(value: str) -> bytes:
    """As it was in the mail; halves of pairs that stand for no byte are not from there."""
    return _NO_BYTE.sub(REPLACEMENT, value).encode("utf-8", "surrogateescape")


def _word_bytes(encoding: str, text: str) -> bytes:
    data = _bytes_of(text)
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return b"".join(base64_pieces(iter((data,))))


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def base64_pieces(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Base64 decoded piece by piece; whatever is no letter of it is passed over, and so is half a letter at its end."""
    left = b""
    for piece in pieces:
        left += piece.translate(None, _NOT_BASE64)
        whole = len(left) - len(left) % 4
        if whole:
            yield binascii.a2b_base64(left[:whole])
            left = left[whole:]
    if len(left) > 1:
        yield binascii.a2b_base64(left + b"=" * (4 - len(left)))
