"""The pure middle: addresses, what must hold, what is on file, trust, the server's offer, escaping."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from pydantic import SecretStr

from access_check.addresses import address_kind
from access_check.escaping import shown
from access_check.findings import Status
from access_check.key_exchange import banner_line, offered
from access_check.observations import HostKey
from access_check.profile import access_profile
from access_check.requirements import missing_details, requirements, ssh_ports, tcp_ports
from access_check.targets import GuiLogin, WizardLogin
from access_check.trust import KeyOnFile, compare, fingerprint, known_hosts_name


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("8.8.8.8", "public"),
        ("2606:4700::1111", "public"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("172.32.0.1", "public"),
        ("192.168.0.1", "private"),
        ("fd00::1", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.128.0.1", "public"),
        ("169.254.1.1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("192.0.2.7", "documentation"),
        ("203.0.113.9", "documentation"),
        ("2001:db8::1", "documentation"),
        ("198.19.0.1", "benchmark"),
        ("239.1.1.1", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "unspecified"),
        ("255.255.255.255", "broadcast"),
        ("240.0.0.1", "reserved"),
        ("::ffff:10.0.0.1", "private"),
        ("::ffff:8.8.8.8", "public"),
    ],
)
def test_address_kinds(address: str, kind: str) -> None:
    assert address_kind(address) == kind


def test_no_address() -> None:
    with pytest.raises(ValueError):
        address_kind("pbx.example.org")


def test_requirements_are_the_published_list(make_target: Any) -> None:
    serverware = make_target(2020, product="serverware", profile=access_profile("serverware").model_dump())
    assert tcp_ports(serverware) == (80, 81, 443, 2020, 2222)
    checks = [requirement.check for requirement in requirements(serverware)]
    assert checks[:2] == ["address.resolves", "address.public"]
    assert "ssh.host_key@2222" in checks
    assert "ssh.login@2020" in checks
    assert "ssh.login@2222" not in checks
    assert {"web.gui@443", "web.gui_plain@80", "web.wizard@81"} <= set(checks)


def test_a_needed_step_comes_before_the_one_that_needs_it(make_target: Any) -> None:
    before: set[str] = {""}
    for requirement in requirements(make_target(2020, profile=access_profile("pbxware").model_dump())):
        assert requirement.needs in before
        before.add(requirement.check)


def test_the_site_s_own_port_stands_in_for_the_work_port(make_target: Any) -> None:
    target = make_target(4400, product="serverware", profile=access_profile("serverware").model_dump())
    assert ssh_ports(target) == (4400, 2222)
    assert tcp_ports(target) == (80, 81, 443, 2222, 4400)


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({}, []),
        ({"address": None}, ["ansible_host"]),
        ({"password": None}, ["ansible_password", "callout_system.wizard.password"]),
        ({"password": None, "private_key": "/key"}, ["callout_system.wizard.password"]),
        ({"password": SecretStr("")}, ["ansible_password", "callout_system.wizard.password"]),
        (
            {"password": None, "private_key": "/key", "wizard": WizardLogin(password=SecretStr("x"))},
            [],
        ),
        ({"gui": None}, ["callout_system.gui.user", "callout_system.gui.password"]),
        ({"gui": GuiLogin(user="admin", password=SecretStr(""))}, ["callout_system.gui.password"]),
    ],
)
def test_missing_details_name_their_key(make_target: Any, fields: dict[str, Any], keys: list[str]) -> None:
    missing = missing_details(make_target(**fields))
    assert [finding.evidence["key"] for finding in missing] == keys
    assert all(finding.status is Status.FAIL and finding.remedy for finding in missing)


@pytest.mark.parametrize(("reason", "status"), [("no web access wanted", "waived"), ("  ", "fail")])
def test_a_missing_detail_can_be_waived_with_a_reason_only(make_target: Any, reason: str, status: str) -> None:
    target = make_target(gui=None, waivers={"details.gui_user": reason})
    assert missing_details(target)[0].status == status


def _blob(kind: str, rest: bytes) -> bytes:
    return struct.pack(">I", len(kind)) + kind.encode() + rest


ED, ED2, RSA = (_blob("ssh-ed25519", b"one"), _blob("ssh-ed25519", b"two"), _blob("ssh-rsa", b"three"))


@pytest.mark.parametrize(
    ("on_file", "verdict"),
    [
        ([], HostKey.UNKNOWN),
        ([("", ED)], HostKey.KNOWN),
        ([("", ED2)], HostKey.CHANGED),
        ([("", ED2), ("", ED)], HostKey.KNOWN),
        ([("@cert-authority", ED)], HostKey.UNKNOWN),
        ([("", ED), ("@revoked", ED)], HostKey.REVOKED),
        ([("", ED), ("@revoked", ED2)], HostKey.KNOWN),
    ],
)
def test_trust(on_file: list[tuple[str, bytes]], verdict: HostKey) -> None:
    keys = [KeyOnFile(marker, "ssh-ed25519", blob) for marker, blob in on_file]
    assert compare("ssh-ed25519", ED, keys).host_key is verdict


def test_a_key_of_another_kind_leaves_it_unknown() -> None:
    assert compare("ssh-ed25519", ED, [KeyOnFile("", "ssh-rsa", RSA)]).host_key is HostKey.UNKNOWN


def test_names_in_known_hosts() -> None:
    assert known_hosts_name("PBX.Example.org", 22) == "pbx.example.org"
    assert known_hosts_name("2001:db8::1", 2020) == "[2001:db8::1]:2020"


def test_fingerprint_is_unpadded() -> None:
    assert fingerprint(b"") == "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"


def _kexinit(*lists: bytes) -> bytes:
    body = b"\x14" + b"c" * 16 + b"".join(struct.pack(">I", len(names)) + names for names in lists) + b"\0" * 5
    return struct.pack(">IB", len(body) + 1 + 4, 4) + body + b"pppp"


LISTS = (b"kex1,kex2", b"ssh-rsa", b"c1", b"c2\x1b", b"m1", b"m2", b"none", b"none", b"", b"")


def test_the_offer_is_read_from_the_first_bytes() -> None:
    offer = offered(b"Welcome\r\nSSH-2.0-x\r\n" + _kexinit(*LISTS))
    assert offer is not None
    assert offer.key_exchange == ("kex1", "kex2")
    assert offer.ciphers == ("c2\\x1b",)
    assert offer.macs == ("m2",)


@pytest.mark.parametrize("cut", range(0, 110, 7))
def test_half_an_offer_is_none(cut: int) -> None:
    whole = b"SSH-2.0-x\r\n" + _kexinit(*LISTS)
    assert offered(whole[: min(cut, len(whole) - 1)]) is None


@pytest.mark.parametrize("packet", [b"\xff\xff\xff\xff\x04\x14" + b"x" * 50, b"\0\0\0\x02\xff\x14", b"HTTP/1.1 400"])
def test_rubbish_is_no_offer(packet: bytes) -> None:
    assert offered(b"SSH-2.0-x\n" + packet) is None


def test_banner_line() -> None:
    assert banner_line(b"hello\nSSH-2.0-x\r\nrest") == b"SSH-2.0-x"
    assert banner_line(b"SSH-2.0-half") is None


@pytest.mark.parametrize(
    ("said", "safe"),
    [
        (b"\x1b[2J", "\\x1b[2J"),
        (b"a\nb\r\tc", "a\\nb\\r\\tc"),
        (b"\xff\xfe", "\\xff\\xfe"),
        ("\u202eevil", "\\u202eevil"),
        ("\u200b", "\\u200b"),
        ("Grüße", "Grüße"),
        (b"\0" * 3, "\\x00\\x00\\x00"),
    ],
)
def test_what_is_shown_moves_no_cursor(said: bytes | str, safe: str) -> None:
    assert shown(said) == safe


def test_what_is_shown_is_bounded() -> None:
    assert len(shown(b"\x1b" * 100_000)) == 255
    assert len(shown("x" * 100_000, 40)) == 40
