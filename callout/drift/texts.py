"""Pure: which small files are kept as text, so that a change in them can be shown, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callout.drift.find_words import matcher
from callout.drift.frames import Answer
from callout.drift.reading import Reading
from callout.drift.scope import DriftScope
from callout.drift.secret_texts import masked

MAXIMUM_TEXTS = 5000
MAXIMUM_TEXTS_BYTES = 32 * 1024 * 1024


def wanted_texts(
    reading: Reading, sums: Mapping[bytes, bytes], before: Mapping[str, str], scope: DriftScope
) -> tuple[dict[str, str], list[bytes]]:
    """Texts of before whose files are as they were, and paths of files to be read as text. Never a secret file's."""
    if not scope.text_globs:
        return {}, []
    asked, secret = matcher(scope.text_globs).match, matcher(scope.secret_globs).match
    kept: dict[str, str] = {}
    fresh: list[bytes] = []
    left = MAXIMUM_TEXTS_BYTES
    for path, told, record in zip(reading.paths, reading.told, reading.records, strict=True):
        if not told.startswith(b"f ") or not asked(path) or secret(path):
            continue
        size = int(told.split(b" ", 2)[1])
        left -= size
        if size > scope.maximum_text_bytes or left < 0 or len(kept) + len(fresh) >= MAXIMUM_TEXTS:
            left += size if size > scope.maximum_text_bytes else 0
            continue
        name = path.decode("utf-8", "surrogateescape")
        # Those of the sample are read anew, and may be as they were all the same.
        same = record is not None or reading.sampled.get(path, b"") == sums.get(path)
        if same and name in before:
            kept[name] = before[name]
        else:
            fresh.append(path)
    return kept, fresh


def read_texts(answer: Answer, wanted: Sequence[bytes], most_bytes: int, salt: bytes) -> dict[str, str]:
    """What came of the wanted ones, and is text: UTF-8, without zero bytes; passwords that are named such as hashes."""
    texts: dict[str, str] = {}
    for path in wanted:
        second = answer.seconds.get(path)
        body = second.body if second is not None else None
        if body is None or len(body) > most_bytes or b"\0" in body:
            continue
        try:
            texts[path.decode("utf-8", "surrogateescape")] = masked(salt, body.decode("utf-8"))
        except UnicodeDecodeError:
            continue
    return texts
