"""Looks on the shelf: whole or not at all, and held against their hash; two of them told apart record by record."""

from __future__ import annotations

import datetime as dt
import stat
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from callout.drift.look import Fact, Hashed, Look, LookFile, Section, SectionState, Whole, differing
from callout.drift.look_record import LookRefused, look_text, read_entries, read_head
from callout.drift.shelf import open_look, salt_of, write_look
from callout.errors import BadInput, CalloutError

WHOLE = SectionState(Whole.WHOLE, way="files")
LOOK = Look(
    id="20261123T210000Z-5b1f0a",
    system="acme-pbx1",
    taken_at=dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC),
    clock_s=1795467600,
    product_version="7.5.1",
    scope_hash="a" * 64,
    hashed=Hashed.ALL,
    sections=dict.fromkeys(Section, WHOLE) | {Section.FIREWALL: SectionState(Whole.ABSENT, "none")},
    facts=(Fact(Section.USERS, "eva\udcff", {"uid": "1000", "shell": "/bin/sh\x1b[2J"}),),
    texts={"/etc/caf\udce9": "eins\nzwei\n"},
    logins=("eva pts/0",),
    disagreements=("Two ways differ.",),
    files_count=3,
    unread_count=1,
)


def record(size: int, sha256: str = "b" * 64, target: str = "") -> bytes:
    kind = "l" if target else "f"
    told = f"{kind} {size} 644 0 0 1700000000.5 1700000000.25 77 2049 1 {target}"
    return f"{told} - {sha256 if kind == 'f' else '-'}".encode()


def read_all(text: bytes) -> list[tuple[bytes, bytes]]:
    _, rest = read_head(iter([text]))
    return list(read_entries(rest))


FILES = [(b"/a", record(1)), (b"/a b\nc", record(2)), (b"/caf\xe9", record(0, target="two words and  spaces "))]


def test_a_look_comes_back_as_it_was(tmp_path: Path) -> None:
    path, sha256 = write_look(tmp_path / "acme-pbx1", LOOK, FILES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    kept = open_look(path, sha256)
    assert kept.look == LOOK
    assert list(kept.entries()) == FILES == list(kept.entries())
    names = dict(kept.files())
    assert names["/caf\udce9"].target == "two words and  spaces "
    assert (names["/a"].size, names["/a"].mode, names["/a"].sha256) == (1, 0o644, "b" * 64)


def test_another_file_is_no_look_of_ours(tmp_path: Path) -> None:
    path, sha256 = write_look(tmp_path, LOOK, FILES)
    whole = path.read_bytes()
    kept = open_look(path, sha256)
    path.chmod(0o600)
    path.write_bytes(whole + b"x")
    for ask in (lambda: open_look(path, sha256), lambda: list(kept.entries())):
        with pytest.raises(BadInput, match="not the look that was recorded"):
            ask()
    path.unlink()
    with pytest.raises(BadInput, match="cannot be read"):
        open_look(path, sha256)


def test_one_that_is_there_stays(tmp_path: Path) -> None:
    path, sha256 = write_look(tmp_path, LOOK, FILES)
    with pytest.raises(BadInput, match="is there already"):
        write_look(tmp_path, replace(LOOK, system="other"), [])
    assert open_look(path, sha256).look == LOOK
    with pytest.raises(BadInput, match="no id of a look"):
        write_look(tmp_path, replace(LOOK, id="../outside"), [])


def test_a_full_disk_leaves_nothing_under_that_name(tmp_path: Path) -> None:
    def broken():  # type: ignore[no-untyped-def]
        yield FILES[0]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_look(tmp_path, LOOK, broken())
    assert list(tmp_path.iterdir()) == []


def test_a_look_cut_at_any_byte_is_refused() -> None:
    text = b"".join(look_text(LOOK, FILES))
    for length in range(len(text)):
        with pytest.raises(LookRefused):
            read_all(text[:length])
    for length in (1, 7, len(text)):
        look, rest = read_head(text[place : place + length] for place in range(0, len(text), length))
        assert look == LOOK
        assert list(read_entries(rest)) == FILES


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/a\0f 1", b"/z\0f 1"),
        (b"\0" + b"3\0", b"\0" + b"4\0"),
        (b"f 2 644", b"f 2 999"),
        (b"/a\0", b"a\0"),
        (b'"facts":[', b'"facts":[7,'),
        (b"+00:00", b""),
        (b'"hashed":"all"', b'"hashed":"some"'),
        (b"callout-look 1", b"callout-look 2"),
    ],
)
def test_what_is_no_look_is_refused(old: bytes, new: bytes) -> None:
    text = b"".join(look_text(LOOK, FILES))
    assert old in text
    with pytest.raises(LookRefused):
        read_all(text.replace(old, new, 1))


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path) -> None:
    import hashlib

    bomb = zlib.compressobj(9, wbits=31)
    packed = bomb.compress(b"callout-look 1\n" + bytes(80 * 1024 * 1024)) + bomb.flush()
    path = tmp_path / "bomb.look"
    path.write_bytes(packed)
    with pytest.raises(BadInput, match="has no end"):
        open_look(path, hashlib.sha256(packed).hexdigest())


def test_what_a_look_does_not_speak_of_it_does_not_know(tmp_path: Path) -> None:
    path, sha256 = write_look(tmp_path, replace(LOOK, sections={Section.USERS: WHOLE}), FILES)
    sections = open_look(path, sha256).look.sections
    assert sections[Section.USERS] == WHOLE
    assert {state.state for name, state in sections.items() if name is not Section.USERS} == {Whole.UNKNOWN}


def test_differing_tells_each_path_once() -> None:
    before = LookFile(LOOK, lambda: iter([(b"/a", record(1)), (b"/b", record(1)), (b"/d", record(1))]))
    after = LookFile(LOOK, lambda: iter([(b"/a", record(1)), (b"/b", record(2)), (b"/c", record(1))]))
    told = [(path, old and old.size, new and new.size) for path, old, new in differing(before, after)]
    assert told == [("/b", 1, 2), ("/c", None, 1), ("/d", 1, None)]
    assert list(differing(before, before)) == []


def test_a_salt_is_made_once_and_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "acme-pbx1"
    assert salt_of(folder, b"1" * 32) == b"1" * 32
    assert salt_of(folder, b"2" * 32) == b"1" * 32
    assert stat.S_IMODE((folder / "salt").stat().st_mode) == 0o600
    folder.chmod(0o755)
    with pytest.raises(CalloutError, match="not private"):
        salt_of(folder, b"2" * 32)
