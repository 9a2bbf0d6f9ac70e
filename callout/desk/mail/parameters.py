"""Pure: `text/plain; charset=…; name*0*=…` → the value and its parameters, RFC 2231's pieces put together."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from callout.desk.mail.charsets import decoded
from callout.desk.mail.headers import decoded_words, without_bytes

_LONGEST = 8 * 1024
_MOST = 100
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?", re.ASCII)


def value_and_parameters(header: str) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its parameters by lower-case name. Of two with one name the first counts."""
    header = header[:_LONGEST]
    value = header.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(header)):
        if count == _MOST:
            break
        said = _ESCAPED.sub(r"\1", found[2]) if found[2] is not None else found[3].strip()
        named = _PIECE.fullmatch(found[1].lower())
        if named is None:
            continue
        if named[2] is None and named[3] is None:
            plain.setdefault(named[1], decoded_words(said))
        else:
            pieces.setdefault(named[1], {}).setdefault(int(named[2] or 0), (said, named[3] is not None))
    # RFC 2231 stands before the plain form, which is there for programs that cannot read it.
    return value, {**plain, **{name: _joined(some) for name, some in pieces.items()}}


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    """Pieces 0, 1, 2 … until one is missing."""
    data, charset, number = b"", "", 0
    while number in pieces:
        said, is_encoded = pieces[number]
        if number == 0 and is_encoded and said.count("'") >= 2:
            charset, _, said = said.split("'", 2)
        data += unquote_to_bytes(without_bytes(said)) if is_encoded else without_bytes(said).encode("utf-8", "replace")
        number += 1
    return decoded(data, charset)[0]
