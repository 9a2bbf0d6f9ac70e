"""Pure: may this be the SQL of a bundle? What it does is the author's matter, and the signers'."""

from __future__ import annotations

MAXIMUM_SQL_BYTES = 1024 * 1024


def sql_complaint(content: bytes) -> str:
    """Why this is no text of SQL, as one clause; empty where it is one.

    UTF-8 without control characters but tab and line feed, not empty, at most 1 MiB, its last line ended.
    """
    if len(content) > MAXIMUM_SQL_BYTES:
        return f"it is over {MAXIMUM_SQL_BYTES // 1024} KiB"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if not text.strip():
        return "it is empty"
    if any(ord(one) < 32 or ord(one) == 127 for one in text if one not in "\n\t"):
        return "it has control characters"
    return "" if text.endswith("\n") else "its last line has no line feed"
