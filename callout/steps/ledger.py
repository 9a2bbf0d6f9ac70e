"""Seals the ledger's head, and reads seals that were kept elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from access_check.whole_files import write_whole
from callout.errors import BadInput, CalloutError, TrustRefused
from callout.ledger.chain import LedgerDamaged, Walk, whole_rows
from callout.ledger.event import Draft, Event, format_utc, parse_utc
from callout.ledger.seal import MAXIMUM_BYTES, NAMESPACE, Seal, read_seal
from callout.signatures.keygen import judge_signatures, sign
from callout.signatures.verdict import require_good

if TYPE_CHECKING:
    from callout.steps.context import Context

SIGNERS_FILE = "allowed_signers"
REVOKED_FILE = "revoked_keys"


def seal_ledger(context: Context, file: Path, key: Path) -> Event:
    """Signs the head of the whole ledger with `key` into the new file `file` (0600), and records that it was done.

    The file is written before the event: a seal without its event is a good one. Raises LedgerDamaged where the
    ledger is not whole, BadInput where it is empty, where the file is there or the key cannot sign.
    """
    if file.exists() or file.is_symlink():
        raise BadInput(f"{file} is there already.", "Choose another file: an older seal still says what was then.")
    if complaints := context.ledger.complaints():
        raise LedgerDamaged(f"Ledger: {complaints[0]}; it was not sealed.", "See callout ledger verify.")
    walk = Walk()
    for _ in whole_rows(context.ledger.rows(), walk):
        pass  # each is checked as it passes
    head = walk.head()
    if not head.count:
        raise BadInput("The ledger is empty: there is nothing to seal.", "callout open makes the first record.")
    seal = Seal(head.ledger, head.seq, head.count, head.hash, format_utc(context.now()))
    content = seal.text.encode("ascii") + sign(seal.text.encode("ascii"), key, NAMESPACE)
    try:
        write_whole(file, content, mode=0o600, once=True)
    except OSError as error:
        raise CalloutError(f"{file} cannot be written: {error.strerror}.", "Choose another file.") from None
    sha256 = hashlib.sha256(content).hexdigest()
    body = {"seq": seal.seq, "count": seal.count, "hash": seal.hash, "seal_sha256": sha256}
    return context.ledger.append(Draft("ledger_sealed", context.now(), context.actor, body=body))[0]


def believed_seals(files: Iterable[Path], signers: Path, revoked: Path | None) -> dict[Seal, str]:
    """The seals in `files`, with the name of whoever signed each.

    Whether a key's time has come or is over is judged at the time that the seal names; a key that was stolen belongs
    into `revoked`, which counts for all times. Without it `revoked_keys` beside `signers` is taken where it is there.
    Raises BadInput for a file that is no seal, TrustRefused for one whose signature does not count.
    """
    beside = signers.with_name(REVOKED_FILE)
    revoked = revoked or (beside if beside.exists() or beside.is_symlink() else None)
    believed = {}
    for file in files:
        seal, signature = read_seal(_content(file), str(file))
        verdicts = judge_signatures(
            seal.text.encode("ascii"),
            [signature],
            namespace=NAMESPACE,
            allowed_signers=signers,
            revoked_keys=revoked,
            at=parse_utc(seal.at),
        )
        require_good(verdicts, str(file))
        believed[seal] = verdicts[0].signer
    return believed


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAXIMUM_BYTES)
    except OSError as error:
        raise TrustRefused(f"{file} cannot be read: {error.strerror}.", "Name the seal that was kept.") from None
