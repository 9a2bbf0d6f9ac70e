"""Offered algorithms → which are weak: by names, held against ssh-audit's own levels."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from access_check.algorithms import LISTS, noted_algorithms, nothing_in_common, rsa_bits, weak_algorithms
from access_check.observations import Offer

NONE: dict[str, tuple[str, ...]] = dict.fromkeys(LISTS, ())
LEVELS = [
    line.split()
    for line in (Path(__file__).parent / "ssh_audit_levels.txt").read_text().splitlines()
    if not line.startswith("#")
]
# What ssh-audit fails and we only note: see the module's first lines.
ONLY_NOTED = ("nistp256", "nistp384", "nistp521", "10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35", "hmac-sha1", "ECDH")


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


# What sshd offers by default; read from the packages' own `sshd -T`.
DEBIAN_12 = Offer(
    key_exchange=(
        "sntrup761x25519-sha512@openssh.com",
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group18-sha512",
        "diffie-hellman-group14-sha256",
        "kex-strict-s-v00@openssh.com",
    ),
    host_keys=("rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp256", "ssh-ed25519"),
    ciphers=(
        "chacha20-poly1305@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
    ),
    macs=(
        "umac-64-etm@openssh.com",
        "umac-128-etm@openssh.com",
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "hmac-sha1-etm@openssh.com",
        "umac-64@openssh.com",
        "umac-128@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
        "hmac-sha1",
    ),
)


@pytest.mark.parametrize(("of", "level", "name"), LEVELS, ids=[f"{line[0]}-{line[2]}" for line in LEVELS])
def test_weak_is_what_ssh_audit_fails(of: str, level: str, name: str) -> None:
    offer = Offer(**{**NONE, of: (name,)})
    weak, noted = weak_algorithms(offer), noted_algorithms(offer)
    only_noted = any(part in name for part in ONLY_NOTED) and not name.startswith("sm2")
    if level == "fail" and not only_noted:
        assert [(found.kind, found.name) for found in weak] == [(LISTS[of], name)]
        assert weak[0].why
        assert not noted
    else:
        assert not weak
        assert bool(noted) >= (level == "fail")


def test_debian_12_as_it_comes_is_not_weak() -> None:
    assert weak_algorithms(DEBIAN_12) == []
    assert "hmac-sha1" in [found.name for found in noted_algorithms(DEBIAN_12)]


def test_an_old_appliance_is_named_by_list() -> None:
    offer = Offer(
        ("diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"),
        ("ssh-rsa", "ssh-dss"),
        ("aes128-cbc", "3des-cbc", "arcfour"),
        ("hmac-sha1", "hmac-md5"),
    )
    assert [(found.kind, found.name) for found in weak_algorithms(offer)] == [
        ("key exchange", "diffie-hellman-group14-sha1"),
        ("key exchange", "diffie-hellman-group1-sha1"),
        ("host key", "ssh-rsa"),
        ("host key", "ssh-dss"),
        ("cipher", "3des-cbc"),
        ("cipher", "arcfour"),
        ("MAC", "hmac-md5"),
    ]
    assert nothing_in_common(offer, DEBIAN_12) == {
        "key exchange": offer.key_exchange, "host key": offer.host_keys, "cipher": offer.ciphers,
    }  # fmt: skip


def encoded_rsa(bits: int) -> str:
    key = rsa.generate_private_key(65537, bits).public_key()
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1].decode()


@pytest.mark.parametrize("bits", [1024, 2048, 3072])
def test_rsa_bits(bits: int) -> None:
    assert rsa_bits(encoded_rsa(bits)) == bits


@pytest.mark.parametrize(
    "blob", [b"", b"\xff\xff\xff\xff", struct.pack(">I", 7) + b"ssh-rsa", struct.pack(">I", 11) + b"ssh-ed25519" + b"x"]
)
def test_what_is_no_rsa_key_has_no_bits(blob: bytes) -> None:
    assert rsa_bits(base64.b64encode(blob).decode()) == 0
