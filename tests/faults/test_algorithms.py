"""One restriction at a time on a real sshd: do we get in as ssh does, and is weak what ssh-audit fails?"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from access_check.findings import Finding
from access_check.profile import AccessProfile
from access_check.requirements import About
from access_check.sweep import check_system
from access_check.targets import Target
from benchmarks.loopback_systems import free_port, running, wait_for

JUDGES_ALGORITHMS = "algorithms" in set(About)
DEADLINE_S = 15.0
LISTS = {"KexAlgorithms": "kex", "Ciphers": "enc", "MACs": "mac", "HostKeyAlgorithms": "key"}
# What ssh-audit fails and we only note (access_check/algorithms.py says why): NIST's curves, HMAC with SHA-1.
ONLY_NOTED = ("nistp", "hmac-sha1")
# Whoever has only these is reached by every client of the last ten years.
MUST_WORK = {
    "curve25519-sha256", "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "ecdh-sha2-nistp256",
    "aes128-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "hmac-sha2-256", "hmac-sha2-512-etm@openssh.com",
    "ssh-ed25519", "rsa-sha2-512", "ecdsa-sha2-nistp256",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Restriction:
    """One line of sshd_config, and the host key that goes with it."""

    option: str
    value: str
    host_key: str = "ed25519"

    def __str__(self) -> str:
        return f"{self.option}={self.value}{'' if self.host_key == 'ed25519' else f' {self.host_key}'}"


def _each(option: str, values: str) -> list[Restriction]:
    return [Restriction(option, value) for value in values.split()]


RESTRICTIONS = [
    *_each("KexAlgorithms", """diffie-hellman-group1-sha1 diffie-hellman-group14-sha1 diffie-hellman-group14-sha256
        diffie-hellman-group16-sha512 diffie-hellman-group18-sha512 diffie-hellman-group-exchange-sha1
        diffie-hellman-group-exchange-sha256 ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521
        curve25519-sha256 curve25519-sha256@libssh.org sntrup761x25519-sha512@openssh.com"""),
    *_each("Ciphers", """3des-cbc aes128-cbc aes192-cbc aes256-cbc aes128-ctr aes192-ctr aes256-ctr
        aes128-gcm@openssh.com aes256-gcm@openssh.com chacha20-poly1305@openssh.com"""),
    *_each("MACs", """hmac-sha1 hmac-sha1-96 hmac-md5 hmac-md5-96 hmac-sha2-256 hmac-sha2-512 umac-64@openssh.com
        umac-128@openssh.com hmac-sha1-etm@openssh.com hmac-sha2-256-etm@openssh.com hmac-sha2-512-etm@openssh.com
        hmac-md5-etm@openssh.com umac-64-etm@openssh.com umac-128-etm@openssh.com"""),
    Restriction("HostKeyAlgorithms", "ssh-ed25519"),
    *(Restriction("HostKeyAlgorithms", name, "rsa-3072") for name in ("rsa-sha2-256", "rsa-sha2-512", "ssh-rsa")),
    *(Restriction("HostKeyAlgorithms", f"ecdsa-sha2-nistp{bits}", f"ecdsa-{bits}") for bits in (256, 384, 521)),
    *(Restriction("HostKeyAlgorithms", "rsa-sha2-512", f"rsa-{bits}") for bits in (1024, 2048, 4096)),
]  # fmt: skip
SLICE = [RESTRICTIONS[1], RESTRICTIONS[13], RESTRICTIONS[-3]]


@dataclass(frozen=True)
class Server:
    """A restricted sshd on loopback and the folder with its keys."""

    folder: Path
    port: int
    host_key: str

    def target(self) -> Target:
        """The system behind it, which root reaches by key."""
        kind, blob = (self.folder / f"{self.host_key}.pub").read_text().split()[:2]
        trust = self.folder / "known_hosts"
        trust.write_text(f"[127.0.0.1]:{self.port} {kind} {blob}\n")
        ports = {"work_port": self.port, "ssh_ports": [self.port], "tcp_ports": [self.port]}
        return Target.model_validate({
            "name": "acme-pbx1", "product": "pbxware", "address": "127.0.0.1", "port": self.port, "user": "root",
            "password": None, "private_key": self.folder / "user", "connection_arguments": (), "known_hosts": trust,
            "gui": None, "wizard": None, "api": None, "waivers": {"address.public": "loopback"},
            "profile": AccessProfile.model_validate({"product": "pbxware", "web": {}, **ports}),
        })  # fmt: skip

    def by_ssh(self) -> bool:
        """Whether an ssh that is allowed to use everything gets in."""
        everything = []
        for option in LISTS:
            names = subprocess.run(["ssh", "-Q", option], capture_output=True, text=True, check=True).stdout.split()
            everything += ["-o", f"{option}={','.join(names)}"]
        words = ["-o", "BatchMode=yes", "-o", "RequiredRSASize=1024", "-o", f"UserKnownHostsFile={self.folder}/trust"]
        words += ["-o", "StrictHostKeyChecking=no", "-i", str(self.folder / "user"), "-p", str(self.port)]
        done = subprocess.run(
            ["ssh", "-F", "none", *everything, *words, "root@127.0.0.1", "true"], capture_output=True, check=False
        )
        return done.returncode == 0

    def by_ssh_audit(self) -> dict[str, set[str]]:
        """The names that ssh-audit fails, by its own list names; a key that is too small stands there by its size."""
        program = str(Path(sys.executable).with_name("ssh-audit"))
        words = [program, "-j", "--skip-rate-test", "-p", str(self.port), "127.0.0.1"]
        told = json.loads(subprocess.run(words, capture_output=True, text=True, check=False, timeout=120).stdout)
        failed: dict[str, set[str]] = {}
        for name in LISTS.values():
            failed[name] = {one["algorithm"] for one in told[name] if one.get("notes", {}).get("fail")}
        small = {one["keysize"] for one in told["key"] if 0 < one.get("keysize", 0) < 2048}
        if small:
            failed["key"] = {f"RSA of {bits} bits" for bits in small}
        return failed


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_key(folder, "user", "ed25519")
    return folder


def make_key(folder: Path, name: str, kind: str) -> None:
    """A key pair `name` in `folder`, unless it is there; `kind` like rsa-3072."""
    if (folder / name).exists():
        return
    kind, _, bits = kind.partition("-")
    words = ["-t", kind, *(["-b", bits] if bits else [])]
    subprocess.run(["ssh-keygen", "-q", "-N", "", *words, "-f", str(folder / name)], check=True)


@pytest.fixture
def server(keys: Path, restriction: Restriction) -> Iterator[Server]:
    sshd = shutil.which("sshd", path="/usr/sbin:/sbin:/usr/bin")
    if sshd is None:
        pytest.skip("sshd is not installed here")
    Path("/run/sshd").mkdir(exist_ok=True)
    make_key(keys, restriction.host_key, restriction.host_key)
    port = free_port()
    config = keys / f"sshd_config_{port}"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {keys}/{restriction.host_key}\nPidFile none\nUsePAM no\n"
        f"AuthorizedKeysFile {keys}/user.pub\nPermitRootLogin yes\nStrictModes no\nLogLevel ERROR\nMaxStartups 100\n"
        f"SetEnv HOME={keys}\n"  # this machine's .bashrc is no business of the practice system's
        f"{restriction.option} {restriction.value}\n"
        + ("" if restriction.option != "MACs" else "Ciphers aes128-ctr,aes256-ctr\n")
    )
    with running([sshd, "-D", "-f", str(config)]):
        wait_for(port)
        yield Server(keys, port, restriction.host_key)


def require_the_same(server: Server, restriction: Restriction, record: Any) -> None:
    found: dict[str, Finding] = {
        finding.check.partition("@")[0]: finding for finding in check_system(server.target(), DEADLINE_S).findings
    }
    ended = found["ssh.handshake"]
    record("verdict", ended.code)
    assert server.by_ssh()
    if ended.code == "done":
        assert found["ssh.login"].code == "accepted"
    else:
        assert ended.code == "no-common-algorithm"
        assert restriction.value in ended.seen
        assert restriction.value not in MUST_WORK
    if JUDGES_ALGORITHMS:
        require_weak_as_ssh_audit(server, found["ssh.algorithms"], key_was_seen=ended.code == "done", record=record)


def require_weak_as_ssh_audit(server: Server, judged: Finding, *, key_was_seen: bool, record: Any) -> None:
    failed = {name for names in server.by_ssh_audit().values() for name in names}
    expected = {name for name in failed if not any(part in name for part in ONLY_NOTED)}
    if not key_was_seen:
        expected = {name for name in expected if not name.startswith("RSA of")}
    weak = {one["name"] for one in judged.evidence["weak"]}
    record("weak", " ".join(sorted(weak)) or "none")
    assert weak == expected
    assert judged.code == ("weak-algorithms" if expected else "strong")
    assert all(name in judged.seen for name in weak)
    noted = {one["name"] for one in judged.evidence["noted"]}
    assert failed - expected <= noted | weak | {name for name in failed if name.startswith("RSA of")}


@pytest.mark.faults
def test_there_are_forty() -> None:
    assert len({str(restriction) for restriction in RESTRICTIONS}) == len(RESTRICTIONS) >= 40


@pytest.mark.faults
@pytest.mark.parametrize("restriction", SLICE, ids=str)
def test_a_restriction(server: Server, restriction: Restriction, record_property: Any) -> None:
    require_the_same(server, restriction, record_property)


@pytest.mark.faults_whole
@pytest.mark.parametrize("restriction", RESTRICTIONS, ids=str)
def test_every_restriction(server: Server, restriction: Restriction, record_property: Any) -> None:
    require_the_same(server, restriction, record_property)
