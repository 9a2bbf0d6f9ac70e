"""The trust store under fire: answers equal to OpenSSH's, writers side by side, kills at every step, a full disk."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from access_check import whole_files
from access_check.trust import KeyOnFile
from access_check.trust_index import TrustIndex
from access_check.trust_lines import lines_for
from callout import trust_store
from callout.errors import CalloutError, Locked
from callout.policy.host_keys import accepted
from callout.trust_store import locked_store
from tests.faults.kills import killed_at
from tests.faults.odd_trust_stores import KEY, ODD_FILES, ODD_NAMES
from tests.unit.backups.practice_site import small_disk

ROOT = Path(__file__).parent.parent.parent
HOSTS = ("192.0.2.1", "192.0.2.17", "pbx.example.org", "PBX.Example.ORG", "2001:db8::1", "a", "pbx2.example.org")
KINDS = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "sk-ssh-ed25519@openssh.com")
WRITING = (trust_store.__file__, whole_files.__file__)
# What one of many writers runs: five keys, each for a port of its own.
WRITER = """
import sys
from pathlib import Path
from access_check.trust import KeyOnFile
from callout.policy.host_keys import accepted
from callout.trust_store import locked_store
number = int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for port in range(5):
    with locked_store(Path(sys.argv[1]), 200) as store:
        key = KeyOnFile("", "ssh-ed25519", b"%d" % (number * 10 + port))
        store.replace(accepted(store.content, f"[192.0.2.{number}]:{port + 2000}", key).content)
"""


def names(chance: random.Random) -> str:
    host = chance.choice(HOSTS)
    return host if chance.random() < 0.4 else f"[{host}]:{chance.choice((22, 2020, 2222))}"


def hashed(name: str, chance: random.Random) -> str:
    salt = chance.randbytes(chance.choice((20, 20, 20, 19)))
    made = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(made).decode()}"


def pattern(chance: random.Random) -> str:
    name = list(names(chance))
    for _ in range(chance.randrange(3)):
        place = chance.randrange(len(name))
        name[place : place + chance.randrange(1, 6)] = chance.choice("*?*")
    return chance.choice(("", "", "", "!")) + "".join(name)


def hosts_field(chance: random.Random) -> str:
    kind = chance.random()
    if kind < 0.3:
        return hashed(names(chance).lower(), chance)
    if kind < 0.35:
        return chance.choice(("*", "|1|x", "|1||", "|2|eA==|eA==", ",", "!*", "*,!a", "|1|QQ==|QQ==|QQ=="))
    return ",".join(pattern(chance) if chance.random() < 0.5 else names(chance) for _ in range(chance.randrange(1, 4)))


def known_hosts_line(chance: random.Random) -> str:
    kind = chance.choice(KINDS)
    blob = base64.b64encode(len(kind).to_bytes(4, "big") + kind.encode() + chance.randbytes(33)).decode()
    marker = chance.choice(
        ("", "", "", "", "@revoked ", "@cert-authority ", "@revoked\t", "@other ", "@revoked @revoked ")
    )
    gap = chance.choice((" ", " ", "\t", "  "))
    whole = f"{marker}{hosts_field(chance)}{gap}{kind}{gap}{blob}{chance.choice(('', '', ' a comment', chr(13), ' '))}"
    return chance.choice(("", "", "", " ", "\t", "#")) + (
        whole if chance.random() < 0.9 else whole[: chance.randrange(60)]
    )


def keys_on_file(printed: bytes) -> list[KeyOnFile]:
    """The keys in what `ssh-keygen -F` printed; lines that hold none are left out."""
    keys = []
    for line in printed.decode("utf-8", "replace").split("\n"):
        # OpenSSH divides at spaces and tabs, and skips any other white space within the base64.
        words = [word for word in re.split("[ \t]+", line) if word.strip()]
        if not words or words[0].startswith("#"):
            continue
        marker = words.pop(0) if words[0].startswith("@") else ""
        if len(words) < 3:
            continue
        try:
            keys.append(KeyOnFile(marker, words[1], base64.b64decode("".join(words[2].split()), validate=True)))
        except ValueError:
            continue
    return keys


def compare_with_ssh_keygen(path: Path, number: int) -> int:
    """How many lines were found in one generated file, for three names; none of them otherwise than by OpenSSH."""
    chance = random.Random(number)
    lines = [known_hosts_line(chance) for _ in range(chance.randrange(1, 40))]
    content = ("\n".join(lines) + chance.choice(("", "\n", "\n\n"))).encode()
    return compare(path, content, [names(chance).lower() for _ in range(3)], number)


def compare(path: Path, content: bytes, asked: Sequence[str], number: object) -> int:
    """How many lines were found in `content` for the names; ssh-keygen reads it from `path`."""
    path.write_bytes(content)
    count, lines = 0, content.split(b"\n")
    for name in asked:
        done = subprocess.run(["ssh-keygen", "-F", name, "-f", str(path)], capture_output=True, check=False)
        found = lines_for(content, name)
        assert [line.key for line in found] == keys_on_file(done.stdout), (number, name)
        assert TrustIndex(content).keys_for(name) == [line.key for line in found], (number, name)
        printed = [int(word) for word in re.findall(rb"^# Host .* found: line (\d+)", done.stdout, re.M)]
        whole = [place for place in printed if keys_on_file(lines[place - 1].partition(b"\0")[0])]
        assert [line.number for line in found] == whole, (number, name)
        count += len(found)
    return count


@pytest.mark.faults
@pytest.mark.parametrize("name", ODD_FILES)
def test_an_odd_trust_store_reads_as_by_openssh(tmp_path: Path, name: str) -> None:
    compare(tmp_path / "known_hosts", ODD_FILES[name], ODD_NAMES, name)


@pytest.mark.faults
def test_hashed_names_with_ports_zones_and_capitals_read_as_by_openssh(tmp_path: Path) -> None:
    chance = random.Random(4711)
    lines = [f"{hashed(name, chance)} ".encode() + KEY for name in (*ODD_NAMES, "[A]:2020", "[192.0.2.1]:22")]
    assert compare(tmp_path / "known_hosts", b"\n".join(lines), ODD_NAMES, "hashed") > 5


@pytest.mark.faults
def test_40_trust_stores_read_as_by_openssh(tmp_path: Path) -> None:
    assert sum(compare_with_ssh_keygen(tmp_path / "known_hosts", number) for number in range(40)) > 100


@pytest.mark.faults_whole
@pytest.mark.parametrize("number", range(200))
def test_200_trust_stores_read_as_by_openssh(tmp_path: Path, number: int) -> None:
    compare_with_ssh_keygen(tmp_path / "known_hosts", number)


def write_side_by_side(store: Path, count: int) -> None:
    store.write_text("# ours\n")
    store.chmod(0o640)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(store), str(number)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for number in range(count)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"go\n")
        writer.stdin.flush()
    assert [writer.communicate()[0] for writer in writers] == [b""] * count
    assert [writer.returncode for writer in writers] == [0] * count
    content = store.read_bytes()
    assert content.startswith(b"# ours\n")
    assert content.count(b"\n") == 1 + count * 5
    for number in range(count):
        for port in range(5):
            (line,) = lines_for(content, f"[192.0.2.{number}]:{port + 2000}")
            assert line.key.blob == b"%d" % (number * 10 + port)
    assert store.stat().st_mode & 0o7777 == 0o640
    assert sorted(path.name for path in store.parent.iterdir()) == [".known_hosts.lock", "known_hosts"]


@pytest.mark.faults
def test_16_writers_lose_nothing(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "known_hosts", 16)


@pytest.mark.faults_whole
def test_64_writers_lose_nothing(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "known_hosts", 64)


def change(store: Path) -> None:
    with locked_store(store, 5) as held:
        held.replace(accepted(held.content, "new.example", KeyOnFile("", "ssh-ed25519", b"new")).content)


@pytest.mark.faults
def test_a_kill_at_every_step_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    store = tmp_path / "known_hosts"
    old = b"# ours\n" + b"other ssh-ed25519 b2xk comment\n" * 500
    new = accepted(old, "new.example", KeyOnFile("", "ssh-ed25519", b"new")).content
    outcomes, place = [], 0
    while True:
        store.write_bytes(old)
        store.chmod(0o600)
        if not killed_at(place, WRITING, lambda: change(store)):
            break
        left = store.read_bytes()
        assert left in (old, new), place
        outcomes.append(left == new)
        change(store)
        assert store.read_bytes() == new
        assert store.stat().st_mode & 0o7777 == 0o600
        assert sorted(path.name for path in tmp_path.iterdir()) == [".known_hosts.lock", "known_hosts"]
        place += 1
    assert place > 30
    assert True in outcomes
    assert False in outcomes
    assert outcomes == sorted(outcomes)


@pytest.mark.faults
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "small", "64k") as disk:
            store = disk / "known_hosts"
            (disk / ".known_hosts.lock").touch()
            store.write_bytes(b"other ssh-ed25519 b2xk\n" * 2000)
            before = store.read_bytes()
            with pytest.raises(CalloutError, match="No space left"):
                change(store)
            assert store.read_bytes() == before
            assert sorted(path.name for path in disk.iterdir()) == [".known_hosts.lock", "known_hosts"]
    except PermissionError as error:
        pytest.skip(f"no file system can be mounted here: {error}")


@pytest.mark.faults
def test_a_lock_that_is_held_is_told_and_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    store = tmp_path / "known_hosts"
    began = time.monotonic()
    with locked_store(store), pytest.raises(Locked, match="Somebody else") as told, locked_store(store, 0.2):
        raise AssertionError("two had the lock")
    assert told.value.exit_status == 9
    assert time.monotonic() - began < 10
    change(store)


@pytest.mark.faults
def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    link = tmp_path / "known_hosts"
    link.symlink_to(tmp_path / "shared" / "known_hosts")
    change(link)
    assert link.is_symlink()
    assert (tmp_path / "shared" / "known_hosts").read_bytes().startswith(b"new.example ssh-ed25519 ")
