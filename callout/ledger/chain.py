"""Pure verdict over the chain: are these rows what was written, all of it, in order?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from callout.findings import Finding, Move, Status
from callout.ledger.event import COLUMNS, GENESIS, read_canonical, row_hash
from callout.ledger.rows import LedgerDamaged
from callout.ledger.seal import Head, Seal, judge_seal

__all__ = ["LedgerDamaged", "Walk", "verify_chain", "whole_rows"]

MAXIMUM_FINDINGS = 20
_TEXTS = tuple(name for name in COLUMNS if name != "seq")


class Walk:
    """One walk along a chain, row by row, in bounded memory."""

    def __init__(self, watched: Iterable[int] = ()) -> None:
        """`watched` are places whose hashes are kept for seals."""
        self._watched = frozenset(watched)
        self._hashes: dict[int, str] = {}
        self._expected_seq, self._prev_hash = 1, GENESIS
        self._first, self._count = "", 0

    def problem(self, row: Mapping[str, Any]) -> tuple[str, str] | None:
        """What is wrong with the next row, as (code, words); None where it is what was written."""
        found = _problem(row, self._expected_seq, self._prev_hash)
        self._count += 1
        seq, stored = row.get("seq"), row.get("hash")
        if self._count == 1:
            self._first = str(row.get("id"))
        self._expected_seq = seq + 1 if isinstance(seq, int) else self._expected_seq + 1
        self._prev_hash = stored if isinstance(stored, str) else ""
        if seq in self._watched:
            self._hashes[seq] = self._prev_hash
        return found

    def head(self, sealed: int = 0) -> Head:
        """Where the walk is now; `sealed` is the place that a seal names, one of those watched."""
        return Head(self._first, self._expected_seq - 1, self._count, self._prev_hash, self._hashes.get(sealed))


def verify_chain(
    rows: Iterable[Mapping[str, Any]], complaints: Iterable[str] = (), seals: Mapping[Seal, str] | None = None
) -> list[Finding]:
    """One passing finding with the count and the head's hash, or a failing one per broken row (at most 20).

    Rows come in order of `seq`, each with all columns, `body` as stored text. `complaints` are the database's
    own: a damaged index would hide whole rows from every view. What the chain cannot show is rows cut off at the
    end, and a chain written anew: for that give `seals`, with the name of whoever signed each. One finding per seal.
    """
    seals = seals or {}
    findings = [_damaged(complaint) for complaint in complaints][:MAXIMUM_FINDINGS]
    walk = Walk(seal.seq for seal in seals)
    for row in rows:
        problem = walk.problem(row)
        if problem and len(findings) < MAXIMUM_FINDINGS:
            findings.append(_broken(row, *problem))
    head = walk.head()
    if not findings:
        seen = f"{head.count} events, each with the hash of the one before it; head {head.hash[:16]}."
        evidence = {"count": head.count, "head": head.hash}
        findings.append(Finding("ledger.chain", Status.PASS, "whole", seen, evidence=evidence))
    return [*findings, *(judge_seal(seal, walk.head(seal.seq), signer) for seal, signer in seals.items())]


def whole_rows(rows: Iterable[Mapping[str, Any]], walk: Walk) -> Iterator[Mapping[str, Any]]:
    """The same rows, each checked before it is passed on. Raises LedgerDamaged at the first that is not whole."""
    for row in rows:
        if problem := walk.problem(row):
            raise LedgerDamaged(f"Ledger: {problem[1]}.", "callout ledger verify says all that is wrong with it.")
        yield row


def _problem(row: Mapping[str, Any], expected_seq: int, prev_hash: str) -> tuple[str, str] | None:
    if row.get("seq") != expected_seq:
        return "gap", f"event {expected_seq} is missing: the next one is {row.get('seq')}"
    wrong = [name for name in _TEXTS if not isinstance(row.get(name), str)]
    if wrong:
        return "changed", f"event {expected_seq}: {', '.join(wrong)} is not text any more"
    if row["prev_hash"] != prev_hash:
        return "broken-link", f"event {expected_seq} does not name the hash of the event before it"
    try:
        changed = row_hash(row) != row["hash"] or not isinstance(read_canonical(row["body"]), dict)
    except ValueError:
        changed = True
    return ("changed", f"event {expected_seq} is not what was written") if changed else None


def _damaged(complaint: str) -> Finding:
    remedy = "Keep a copy of it, and restore the last good copy beside it."
    return Finding("ledger.file", Status.FAIL, "damaged", f"The ledger's database: {complaint}.", Move.US, remedy)


def _broken(row: Mapping[str, Any], code: str, seen: str) -> Finding:
    return Finding(
        f"ledger.chain@{row.get('seq')}",
        Status.FAIL,
        code,
        f"Ledger: {seen}.",
        Move.US,
        "Stop writing to this ledger, keep a copy of it, and restore the last good copy beside it.",
    )
