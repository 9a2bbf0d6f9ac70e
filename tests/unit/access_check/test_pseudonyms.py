"""Stand-ins: of the same kind, stable by their key, and without anything of whose system it is."""

from __future__ import annotations

import pytest

from access_check.addresses import PUBLIC, address_kind
from access_check.evidence.pseudonyms import Pseudonyms

BY = Pseudonyms(bytes(32))
KINDS_OF_ADDRESSES = ("8.8.8.8", "::ffff:8.8.8.8", "2606:4700::1111", "10.1.2.3", "100.64.0.1", "127.0.0.1", "fe80::1")


@pytest.mark.parametrize("address", KINDS_OF_ADDRESSES)
def test_a_stand_in_is_of_the_same_kind(address: str) -> None:
    stand_in = BY.address(address)
    assert address_kind(stand_in) == address_kind(address)
    assert (stand_in == address) is (address_kind(address) != PUBLIC)
    assert (":" in stand_in) is (":" in address)


def test_stand_ins_stay_and_are_others_by_another_key() -> None:
    other = Pseudonyms(bytes(31) + b"\1")
    for name in ("address", "fingerprint", "cut", "software"):
        assert getattr(BY, name)("pbx.globex.example") == getattr(BY, name)("pbx.globex.example")
        assert getattr(BY, name)("pbx.globex.example") != getattr(other, name)("pbx.globex.example")
        assert getattr(BY, name)("") == ""
    assert BY.name != other.name
    assert BY.address("PBX.globex.example.") == BY.address("pbx.globex.example")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"),
        ("nginx/1.18.0", "nginx/1.18.0"),
        ("PBXware 7.2.1", "PBXware 7.2.1"),
        ("SSH-2.0-Globex", "[cut "),
        ("nginx/1.18.0 globex", "nginx/1.18.0 [cut "),
        ("Asterisk 203.0.113.5", "Asterisk [cut "),
        ("nginx/1.18.0-globex-with-a-name-that-is-far-too-long", "[cut "),
    ],
)
def test_programs_stay_and_names_do_not(said: str, kept: str) -> None:
    assert BY.software(said).startswith(kept)
    assert ("[cut" in BY.software(said)) is ("[cut" in kept)


@pytest.mark.parametrize(
    ("name", "stays"),
    [("acme-pbx1", True), ("pbx.globex.example", False), ("203.0.113.5", False), ("2001:db8::1", False)],
)
def test_the_inventorys_name_stays_where_it_is_only_ours(name: str, stays: bool) -> None:
    assert (BY.system(name) == name) is stays
