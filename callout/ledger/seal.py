"""Pure: a seal says how the ledger's head was at a moment. Signed and kept elsewhere, it shows what a chain cannot:
an end that was cut off, a chain that was written anew, an older copy in the ledger's place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callout.errors import BadInput
from callout.findings import Finding, Move, Status
from callout.ledger.event import parse_utc

NAMESPACE = "callout-ledger-seal"
_TITLE = "callout ledger seal 1"
_FORM = re.compile(
    _TITLE + r"\nledger (?P<ledger>[0-9a-f-]{36})\nseq (?P<seq>[1-9][0-9]{0,17})\ncount (?P<count>[1-9][0-9]{0,17})\n"
    r"hash (?P<hash>[0-9a-f]{64})\nat (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\n",
    re.ASCII,
)
_SIGNATURE = "-----BEGIN SSH SIGNATURE-----\n"
MAXIMUM_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Seal:
    """`ledger` is the id of the first event, by which a ledger is known wherever it is moved; `seq`, `hash` and
    `count` are the head's; `at` is when it was sealed, UTC as the ledger writes it."""

    ledger: str
    seq: int
    count: int
    hash: str
    at: str

    @property
    def text(self) -> str:
        """What is signed: six lines."""
        about = f"ledger {self.ledger}\nseq {self.seq}\ncount {self.count}\nhash {self.hash}\nat {self.at}\n"
        return f"{_TITLE}\n{about}"


@dataclass(frozen=True, slots=True)
class Head:
    """What a walk along the whole chain met: the first event's id, the last one's place and hash, how many there
    were, and the hash at the place that a seal names (None: no event is there)."""

    ledger: str
    seq: int
    count: int
    hash: str
    sealed_hash: str | None = None


def read_seal(content: bytes, what: str) -> tuple[Seal, bytes]:
    """The seal in a file's content, and its signature. Raises BadInput, naming the file `what`, for anything else."""
    try:
        text = content.decode("ascii")
        match = _FORM.match(text)
        if match is None or not text.startswith(_SIGNATURE, match.end()):
            raise ValueError
        parse_utc(match["at"])
    except ValueError:
        raise BadInput(f"{what} is no seal of a ledger.", "callout ledger seal FILE --key KEY makes one.") from None
    seal = Seal(match["ledger"], int(match["seq"]), int(match["count"]), match["hash"], match["at"])
    return seal, content[match.end() :]


def judge_seal(seal: Seal, head: Head, signer: str) -> Finding:
    """Is what was sealed still there? Each way in which it is not has a sentence of its own."""
    sealed = f"sealed by {signer}, {seal.at[:16].replace('T', ' ')} UTC, with {seal.count} events"
    if head.ledger and head.ledger != seal.ledger:
        seen = f"This is not the ledger that was {sealed}: its first event is another one."
        return _failing("other-ledger", seen, "Look whether the right ledger is open (CALLOUT_LEDGER).")
    if head.seq < seal.seq:
        missing = f"{seal.seq - head.seq} events" if seal.seq - head.seq > 1 else "1 event"
        seen = f"The ledger, {sealed}, ends with event {head.seq}: the last {missing} were cut off, "
        return _failing("cut-off", f"{seen}or this is an older copy.", _COPY)
    if head.sealed_hash != seal.hash:
        seen = f"The ledger, {sealed}, was written anew: event {seal.seq} has another hash than then."
        return _failing("rewritten", seen, _COPY)
    since = head.seq - seal.seq
    seen = f"All that was {sealed}, is there; {since} event{'' if since == 1 else 's'} came since."
    evidence = {"seq": seal.seq, "signer": signer, "at": seal.at, "since": since}
    return Finding("ledger.seal", Status.PASS, "whole", seen, evidence=evidence)


_COPY = "Stop writing to this ledger, keep a copy of it, and compare it with the backups: callout ledger verify --seal."


def _failing(code: str, seen: str, remedy: str) -> Finding:
    return Finding("ledger.seal", Status.FAIL, code, seen, Move.US, remedy)
