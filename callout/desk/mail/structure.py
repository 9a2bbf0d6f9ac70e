"""Pure: a mail's bytes → its parts as spans of them, in order. Nothing is copied, what is nested is not read again."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from callout.desk.mail import limits
from callout.desk.mail.headers import Headers, base64_pieces, split_headers
from callout.desk.mail.parameters import value_and_parameters

PIECE_BYTES = 512 * 1024
_KIND = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """One part without parts of its own. `kind` is what it says to be; `start` and `end` its undecoded content.

    `choice` is the number of the multipart/alternative that it stands in, 0 for none: of those one is shown.
    """

    kind: str
    parameters: dict[str, str]
    disposition: str
    name: str
    encoding: str
    headers: Headers
    start: int
    end: int
    choice: int
    around: str


@dataclass(slots=True)
class Structure:
    """A mail taken apart: its own headers, the leaves in order, and what was odd."""

    headers: Headers
    kind: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def structure_of(raw: bytes) -> Structure:
    """The mail's parts, at most `PARTS` and `DEPTH` deep; what is more is one part of its own, not looked into.

    A mail within a mail is a part like a file: what it says was not said by this mail's sender.
    """
    headers, body = split_headers(raw, 0, len(raw))
    found = Structure(headers)
    if headers.is_cut:
        found.doubts.append("its headers are longer than is read")
    waiting = [(headers, body, len(raw), 0, 0, "")]
    choices = 0
    while waiting:
        headers, start, end, depth, choice, around = waiting.pop()
        kind, parameters = _content_type(headers, around)
        if depth == 0:
            found.kind, found.parameters = kind, parameters
        spans: list[tuple[int, int]] = []
        if kind.startswith("multipart/"):
            spans = _spans(raw, start, end, parameters.get("boundary", ""), found)
            if depth == limits.DEPTH or len(found.parts) + len(waiting) + len(spans) > limits.PARTS:
                found.doubts.append("it has more parts, or parts within parts, than are looked into")
                kind, spans = "application/octet-stream", []
            elif not spans:
                kind = "text/plain"
        if not spans:
            found.parts.append(_leaf(headers, kind, parameters, (start, end), choice, around))
            continue
        if kind == "multipart/alternative":
            choices += 1
            choice = choices
        # The last one first, so that the first is the next to be taken from the end.
        for first, last in reversed(spans):
            inner, inner_body = split_headers(raw, first, last, is_part=True)
            waiting.append((inner, inner_body, last, depth + 1, choice, kind))
    return found


def content(raw: bytes, part: Part, most: int | None = None) -> Iterator[bytes]:
    """A part's content, decoded, in pieces of less than a megabyte; `most` bounds how much undecoded is read."""
    end = part.end if most is None else min(part.end, part.start + most)
    if part.encoding == "base64":
        return base64_pieces(_pieces(raw, part.start, end))
    if part.encoding == "quoted-printable":
        return _unquoted(raw, part.start, end)
    return _pieces(raw, part.start, end)


def _content_type(headers: Headers, around: str) -> tuple[str, dict[str, str]]:
    """What a part says to be. What says nothing is plain text; in a digest, a mail."""
    kind, parameters = value_and_parameters(headers.first("content-type"))
    if not kind:
        return ("message/rfc822" if around == "multipart/digest" else "text/plain"), parameters
    return (kind if _KIND.fullmatch(kind) else "application/octet-stream"), parameters


def _leaf(
    headers: Headers, kind: str, parameters: dict[str, str], span: tuple[int, int], choice: int, around: str
) -> Part:
    disposition, more = value_and_parameters(headers.first("content-disposition"))
    encoding = headers.first("content-transfer-encoding").partition(";")[0].strip().lower()
    name = more.get("filename") or parameters.get("name") or ""
    return Part(kind, parameters, disposition, name, encoding, headers, *span, choice, around)


def _spans(raw: bytes, start: int, end: int, boundary: str, found: Structure) -> list[tuple[int, int]]:
    """Where the parts of a multipart are: between lines that are its boundary; at most one more than `PARTS`."""
    mark = b"--" + boundary.rstrip().encode("utf-8", "surrogateescape")
    if not boundary.strip() or len(mark) > limits.BOUNDARY_BYTES:
        found.doubts.append("it says that it has parts and not what parts them")
        return []
    spans: list[tuple[int, int]] = []
    opened = -1
    at = start if raw.startswith(mark, start, end) else _next_line(raw, mark, start, end)
    for _ in range(limits.BOUNDARY_LINES):
        if at < 0 or len(spans) > limits.PARTS:
            break
        behind = at + len(mark)
        line_end = _line_end(raw, behind, end)
        rest = raw[behind : min(line_end, behind + 80)].strip()
        if rest in (b"", b"--"):  # else the line only begins like one
            if opened >= 0:
                spans.append((opened, max(opened, _before_line_end(raw, at, opened))))
            if rest:
                return spans
            opened = min(line_end + 1, end)
        at = _next_line(raw, mark, behind, end)
    if opened >= 0 and len(spans) <= limits.PARTS:
        spans.append((opened, end))
        found.doubts.append("it ends in the middle of its parts")
    elif not spans:
        found.doubts.append("it says that it has parts and has none")
    return spans


def _next_line(raw: bytes, mark: bytes, at: int, end: int) -> int:
    """Where the next line begins that begins with `mark`; -1 where none does."""
    found = raw.find(b"\n" + mark, at, end)
    return found + 1 if found >= 0 else -1


def _line_end(raw: bytes, at: int, end: int) -> int:
    """Where the line ends that `at` stands in, at its line feed; a boundary's line has no more than a few spaces."""
    found = raw.find(b"\n", at, min(end, at + 1000))
    return found if found >= 0 else min(end, at + 1000)


def _before_line_end(raw: bytes, at: int, least: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    if at > least and raw[at - 1] == 10:
        at -= 1
    return at - 1 if at > least and raw[at - 1] == 13 else at


def _pieces(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, PIECE_BYTES):
        yield raw[at : min(at + PIECE_BYTES, end)]


def _unquoted(raw: bytes, start: int, end: int) -> Iterator[bytes]:
    at = start
    while at < end:
        stop = min(at + PIECE_BYTES, end)
        if stop < end:
            line = raw.rfind(b"\n", at, stop)
            # A line of half a megabyte is cut where no `=3D` is.
            escape = raw.rfind(b"=", stop - 3, stop)
            stop = line + 1 if line >= at else (escape if escape > at else stop)
        yield binascii.a2b_qp(raw[at:stop])
        at = stop
