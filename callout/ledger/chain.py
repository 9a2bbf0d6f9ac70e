"""Pure verdict over the chain: are these rows what was written, all of it, in order?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from callout.errors import CalloutError
from callout.findings import Finding, Move, Status
from callout.ledger.event import COLUMNS, GENESIS, canonical, row_hash


def verify_chain(rows: Iterable[Mapping[str, Any]], complaints: Iterable[str] = ()) -> list[Finding]:
    """One passing finding with the count and the head's hash, or a failing one per broken row (at most 20).

    Rows come in order of `seq`, each with all columns, `body` as stored text. `complaints` are the database's
    own about its file: a damaged index would hide whole rows from every view. What this cannot see is rows cut
    off at the end: that takes a seal kept elsewhere.
    """
    findings: list[Finding] = [_damaged(complaint) for complaint in complaints][:20]
    expected_seq, prev_hash, count = 1, GENESIS, 0
    for row in rows:
        count += 1
        problem = _problem(row, expected_seq, prev_hash)
        if problem and len(findings) < 20:
            findings.append(_broken(row, *problem))
        seq, stored = row.get("seq"), row.get("hash")
        expected_seq = seq + 1 if isinstance(seq, int) else expected_seq + 1
        prev_hash = stored if isinstance(stored, str) else ""
    if findings:
        return findings
    seen = f"{count} events, each with the hash of the one before it; head {prev_hash[:16]}."
    return [Finding("ledger.chain", Status.PASS, "whole", seen, evidence={"count": count, "head": prev_hash})]


def _problem(row: Mapping[str, Any], expected_seq: int, prev_hash: str) -> tuple[str, str] | None:
    if row.get("seq") != expected_seq:
        return "gap", f"event {expected_seq} is missing: the next one is {row.get('seq')}"
    wrong = [name for name in COLUMNS if name != "seq" and not isinstance(row.get(name), str)]
    if wrong:
        return "changed", f"event {expected_seq}: {', '.join(wrong)} is not text any more"
    if row["prev_hash"] != prev_hash:
        return "broken-link", f"event {expected_seq} does not name the hash of the event before it"
    try:
        changed = row_hash(row) != row["hash"] or canonical(json.loads(row["body"])) != row["body"]
    except (ValueError, CalloutError):
        changed = True
    return ("changed", f"event {expected_seq} is not what was written") if changed else None


def _damaged(complaint: str) -> Finding:
    remedy = "Keep a copy of it, and restore the last good copy beside it."
    return Finding(
        "ledger.file", Status.FAIL, "damaged", f"The ledger's file is damaged: {complaint}.", Move.US, remedy
    )


def _broken(row: Mapping[str, Any], code: str, seen: str) -> Finding:
    return Finding(
        f"ledger.chain@{row.get('seq')}",
        Status.FAIL,
        code,
        f"Ledger: {seen}.",
        Move.US,
        "Stop writing to this ledger, keep a copy of it, and restore the last good copy beside it.",
    )
