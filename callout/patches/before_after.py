"""Pure: contents before and after, as text for people. What is no text is named by its hash."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence

from callout.patches.change import Change

MAXIMUM_TEXT_BYTES = 128 * 1024
_NOT_PLAIN = re.compile(r"[^ -~\n\t]")


def file_diffs(
    changes: Sequence[Change],
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    *,
    hidden: Callable[[str, bytes], bool],
    redacted: Callable[[str], str],
) -> list[dict[str, str]]:
    """One entry per change, as Ansible's `--diff` shows them: headers, and the whole text before and after.

    `before` is by path, `after` by SHA-256. Control characters are shown as `\\x1b`, never sent on. `hidden` says of
    a path and its content that nobody may see it; every line goes through `redacted`.
    """

    def text(path: str, content: bytes | None) -> str:
        if content is not None and hidden(path, content):
            return f"(not shown, it holds secrets: {len(content)} bytes)\n"
        return "".join(map(redacted, _text(content).splitlines(keepends=True)))

    return [
        {
            "before_header": f"{one.path} ({one.before.word.partition(':')[2] or 'absent'})",
            "after_header": f"{one.path} ({one.after.word.partition(':')[2] or 'absent'})",
            "before": text(one.path, before.get(one.path)),
            "after": text(one.path, after.get(one.after.sha256)),
        }
        for one in changes
    ]


def unified(diffs: Sequence[Mapping[str, str]]) -> str:
    """The same as unified diffs, one after the other."""
    pieces: list[str] = []
    for one in diffs:
        old, new = one["before"].splitlines(keepends=True), one["after"].splitlines(keepends=True)
        for line in difflib.unified_diff(old, new, one["before_header"], one["after_header"]):
            pieces += [line] if line.endswith("\n") else [line, "\n\\ No newline at end of file\n"]
    return "".join(pieces)


def _text(content: bytes | None) -> str:
    if content is None:
        return ""
    named = f"({len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()})\n"
    if len(content) > MAXIMUM_TEXT_BYTES or b"\0" in content:
        return named
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return named
    # Most text is plain: looking at each character of twenty files costs more than the whole change.
    return _NOT_PLAIN.sub(lambda found: found[0] if found[0].isprintable() else repr(found[0])[1:-1], text)
