"""Pure: what is odd about the SQL of a bundle, word by word; strings and comments are not read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callout.findings import Finding, Move, Status
from callout.patches.bundle import Bundle

# MySQL ends a transaction by itself at each of them (Reference Manual, Statements That Cause an Implicit Commit).
COMMITS_BY_ITSELF = frozenset({"ALTER", "CREATE", "DROP", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "LOCK", "ANALYZE"})
# Ours is the transaction, and the database is chosen by us.
OURS = frozenset({"BEGIN", "COMMIT", "ROLLBACK", "START", "USE", "SAVEPOINT"})
# Commands of a client, not of the database: some run programs over there.
CLIENTS = frozenset({"SOURCE", "SYSTEM", "DELIMITER", "TEE", "PAGER", "EDIT", "CONNECT"})
# Strings, quoted names and comments; one that never ends goes to the end, so that each byte is read once. A comment
# that begins with /*! is carried out by MySQL and is not skipped.
_SKIPPED = re.compile(
    r"'(?:[^'\\]|''|\\.)*(?:'|\Z)|\"(?:[^\"\\]|\"\"|\\.)*(?:\"|\Z)|`[^`]*(?:`|\Z)"
    r"|--[^\n]*|#[^\n]*|/\*(?!!).*?(?:\*/|\Z)",
    re.DOTALL,
)
_FIRST_WORD = re.compile(r"\s*([A-Za-z]+)")


def sql_findings(bundle: Bundle) -> Iterator[Finding]:
    """Findings about `up` and `down`; none where the bundle has no SQL or there is nothing to say."""
    sql = bundle.manifest.sql
    if sql is None:
        return
    if sql.up == sql.down:
        yield _finding("down", Status.FAIL, "same", "is the same as up: it takes nothing back", "Write what undoes up.")
    for side in ("up", "down"):
        text = _SKIPPED.sub("''", bundle.sql[side].decode())
        # The client reads its own commands at the beginning of a line, wherever a statement began.
        words = {match[1].upper() for part in text.split(";") if (match := _FIRST_WORD.match(part))}
        at_lines = {match[1].upper() for line in text.split("\n") if (match := _FIRST_WORD.match(line))}
        if "/*!" in text:
            yield _finding(
                side, Status.FAIL, "hidden", "has a comment that is carried out (/*! … */)",
                "Write it as a statement: nothing may be hidden.",
            )  # fmt: skip
        if "\\" in text or at_lines & CLIENTS:
            yield _finding(
                side, Status.FAIL, "client-command", "has a command of the client: such can run programs over there",
                "Leave only SQL.",
            )  # fmt: skip
        if found := sorted(words & OURS):
            yield _finding(
                side, Status.FAIL, "own-transaction", f"says {', '.join(found)}: transaction and database are ours",
                "Take it out; say transactional: true or false in the manifest.",
            )  # fmt: skip
        if sql.transactional and (found := sorted(words & COMMITS_BY_ITSELF)):
            yield _finding(
                side, Status.FAIL, "commits", f"says {', '.join(found)}, which MySQL commits by itself",
                "Say transactional: false; the dump before the change is the way back then.",
            )  # fmt: skip


def _finding(side: str, status: Status, code: str, words: str, remedy: str) -> Finding:
    return Finding(f"bundle.sql@{side}", status, code, f"SQL {side} {words}.", Move.US, remedy)
