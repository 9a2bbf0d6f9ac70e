"""A seal shows what a chain alone cannot; and it counts only by the signature of somebody who may sign."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from callout.errors import BadInput, TrustRefused
from callout.findings import Finding
from callout.ledger import Draft, Ledger, open_ledger
from callout.ledger.chain import LedgerDamaged, verify_chain
from callout.ledger.event import GENESIS, row_hash
from callout.ledger.seal import NAMESPACE, Seal, read_seal
from callout.places import Places
from callout.steps.context import Context
from callout.steps.ledger import believed_seals, seal_ledger
from tests.unit.ledger.conftest import NOW


def _no_system(_: object) -> object:
    raise AssertionError("a seal asks no system")


class Desk:
    """A ledger, keys of Anna and Boris, and the file that says that Anna may seal."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.folder, self.ledger = folder, ledger
        places = Places(folder, folder / "data", "sqlite:///unused")
        self.context = Context(ledger, places, "eva@desk", lambda: NOW, _no_system)  # type: ignore[arg-type]
        self.signers = folder / "allowed_signers"
        self.keys = {name: self._key(name) for name in ("anna", "boris")}
        self.allow("anna")

    def _key(self, name: str) -> Path:
        key = self.folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key], check=True)
        return key

    def public(self, name: str) -> str:
        return self.keys[name].with_suffix(".pub").read_text().strip()

    def allow(self, name: str, options: str = f'namespaces="{NAMESPACE}"') -> None:
        self.signers.write_text(f"{name}@vendor.example {options} {self.public(name)}\n")

    def seal(self, name: str = "head.seal", key: str = "anna") -> Path:
        seal_ledger(self.context, self.folder / name, self.keys[key])
        return self.folder / name

    def verify(self, *files: Path, rows: list | None = None) -> list[Finding]:
        believed = believed_seals(files, self.signers, None)
        return verify_chain(self.ledger.rows() if rows is None else rows, seals=believed)


@pytest.fixture
def desk(file_ledger: Ledger, draft: Callable[..., Draft], tmp_path: Path) -> Iterator[Desk]:
    file_ledger.append(*(draft(number=number) for number in range(6)))
    return Desk(file_ledger, tmp_path)


def test_a_whole_ledger_agrees_with_its_seal(desk: Desk, draft: Callable[..., Draft]) -> None:
    """Also later, and with several seals; that it was sealed is an event."""
    first = desk.seal()
    desk.ledger.append(draft(number=7))
    second = desk.seal("second.seal")
    chain, *seals = desk.verify(first, second)
    assert [finding.code for finding in (chain, *seals)] == ["whole"] * 3
    assert "sealed by anna@vendor.example" in seals[0].seen
    assert "with 6 events" in seals[0].seen
    assert "3 events came since" in seals[0].seen
    assert "1 event came since" in seals[1].seen
    sealed = list(desk.ledger.events(kind="ledger_sealed"))
    assert [event.body["seq"] for event in sealed] == [6, 8]
    assert first.stat().st_mode & 0o777 == 0o600


def test_the_seal_is_small_text(desk: Desk) -> None:
    lines = desk.seal().read_text().splitlines()
    assert lines[0] == "callout ledger seal 1"
    assert lines[2:4] == ["seq 6", "count 6"]
    assert len(lines) < 20


def _rechained(rows: list[dict], **changes: str) -> list[dict]:
    """A forger with the ledger and time, but without the key."""
    prev, made = GENESIS, []
    for row in rows:
        forged = {**row, **(changes if row["seq"] == 3 else {}), "prev_hash": prev}
        forged["hash"] = prev = row_hash(forged)
        made.append(forged)
    return made


def test_each_way_of_tampering_has_its_sentence(desk: Desk, tmp_path: Path, draft: Callable[..., Draft]) -> None:
    file = desk.seal()
    desk.ledger.append(draft(number=7))
    rows = list(desk.ledger.rows())
    other = open_ledger(f"sqlite:///{tmp_path}/other.sqlite", lambda: NOW)
    with closing(other):
        other.append(*(draft(number=number) for number in range(9)))
        cases = {
            "cut-off": (rows[:5], "ends with event 5: the last 1 event were cut off, or this is an older copy"),
            "rewritten": (_rechained(rows, actor="mallory"), "was written anew: event 6 has another hash than then"),
            "other-ledger": (list(other.rows()), "This is not the ledger that was sealed"),
        }
        for code, (changed, told) in cases.items():
            chain, seal = desk.verify(file, rows=changed)
            assert (chain.code, seal.code, seal.blocks) == ("whole", code, True)
            assert told in seal.seen
    changed, seal = desk.verify(file, rows=[*rows[:2], {**rows[2], "actor": "mallory"}, *rows[3:]])
    assert (changed.code, changed.check) == ("changed", "ledger.chain@3")
    _, seal = desk.verify(file, rows=[])
    assert seal.code == "cut-off"


def test_after_the_seal_nobody_is_accused(desk: Desk) -> None:
    """What came after it was never sealed: cut off, only a later seal shows it."""
    file = desk.seal()
    assert [finding.code for finding in desk.verify(file, rows=list(desk.ledger.rows())[:6])] == ["whole", "whole"]


def test_only_good_signatures_count(desk: Desk) -> None:
    file = desk.seal()
    by_boris = desk.seal("boris.seal", "boris")
    with pytest.raises(TrustRefused, match="unknown key") as refused:
        desk.verify(by_boris)
    assert refused.value.exit_status == 6
    revoked = desk.folder / "revoked_keys"
    revoked.write_text(desk.public("anna") + "\n")
    with pytest.raises(TrustRefused, match=r"revoked key: the key of anna@vendor\.example was revoked"):
        desk.verify(file)
    revoked.unlink()
    desk.allow("anna", 'namespaces="callout-bundle"')
    with pytest.raises(TrustRefused, match="unknown key"):
        desk.verify(file)
    desk.signers.unlink()
    with pytest.raises(TrustRefused, match="no file of allowed signers"):
        desk.verify(file)


def test_a_key_counts_by_the_time_of_the_seal(desk: Desk) -> None:
    """A seal is there for years: that its key has ended since does not matter; that it had ended before does."""
    file = desk.seal()
    desk.allow("anna", f'namespaces="{NAMESPACE}",valid-before="20260401Z"')
    assert desk.verify(file)[1].code == "whole"
    desk.allow("anna", f'namespaces="{NAMESPACE}",valid-before="20260301Z"')
    with pytest.raises(TrustRefused, match="expired"):
        desk.verify(file)
    desk.allow("anna", f'namespaces="{NAMESPACE}",valid-after="20260401Z"')
    with pytest.raises(TrustRefused, match="not yet valid"):
        desk.verify(file)


def test_every_changed_byte_of_a_seal_is_refused(desk: Desk) -> None:
    """Of what is signed; in the signature's armour a line end more is still the same signature."""
    file = desk.seal()
    content = file.read_bytes()
    signed = content.index(b"-----BEGIN")
    for place in range(0, signed, 7):
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises((TrustRefused, BadInput)):
            desk.verify(file)


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe", b"callout ledger seal 1\nledger x\n"])
def test_what_is_no_seal_is_a_sentence(desk: Desk, content: bytes) -> None:
    file = desk.folder / "odd"
    file.write_bytes(content)
    with pytest.raises(BadInput, match="odd is no seal of a ledger"):
        desk.verify(file)


def test_text_and_reading_agree() -> None:
    seal = Seal("0" * 36, 12, 12, "a" * 64, "2026-03-02T10:00:00.000000Z")
    content = seal.text.encode() + b"-----BEGIN SSH SIGNATURE-----\n"
    assert read_seal(content, "it") == (seal, b"-----BEGIN SSH SIGNATURE-----\n")
    for wrong in ("seq 012", "seq 0", "seq -1", "seq 12 "):
        with pytest.raises(BadInput):
            read_seal(content.replace(b"seq 12", wrong.encode()), "it")
    with pytest.raises(BadInput):
        read_seal(dataclasses.replace(seal, at="2026-13-02T10:00:00.000000Z").text.encode(), "it")


def test_only_a_whole_ledger_is_sealed(desk: Desk, tmp_path: Path) -> None:
    """Neither an empty one nor a damaged one, nor over a file that is there."""
    desk.seal()
    with pytest.raises(BadInput, match="is there already"):
        desk.seal()
    with closing(open_ledger(f"sqlite:///{tmp_path}/empty.sqlite", lambda: NOW)) as empty:
        context = dataclasses.replace(desk.context, ledger=empty)
        with pytest.raises(BadInput, match="nothing to seal"):
            seal_ledger(context, tmp_path / "e.seal", desk.keys["anna"])
    import sqlite3

    with closing(sqlite3.connect(tmp_path / "data" / "ledger.sqlite", isolation_level=None)) as other:
        (guard,) = other.execute("SELECT sql FROM sqlite_master WHERE name = 'events_are_never_changed'").fetchone()
        other.execute("DROP TRIGGER events_are_never_changed")
        with pytest.raises(LedgerDamaged, match="guard"):
            desk.seal("again.seal")
        other.execute("UPDATE events SET actor = 'mallory' WHERE seq = 2")
        other.execute(guard)
    with pytest.raises(LedgerDamaged, match="event 2 is not what was written"):
        desk.seal("again.seal")
    assert not (desk.folder / "again.seal").exists()


def test_clocks_do_not_matter(desk: Desk) -> None:
    """Events of the past and of the future, and a seal of a clock that stood in 2038: order is the chain's."""
    for year in (2038, 1999, 2026):
        desk.ledger.append(Draft("noted", dt.datetime(year, 1, 19, 3, 14, 8, tzinfo=dt.UTC), "eva"))
    late = dataclasses.replace(desk.context, now=lambda: dt.datetime(2038, 1, 19, 3, 14, 8, tzinfo=dt.UTC))
    seal_ledger(late, desk.folder / "late.seal", desk.keys["anna"])
    assert [finding.code for finding in desk.verify(desk.folder / "late.seal")] == ["whole", "whole"]
