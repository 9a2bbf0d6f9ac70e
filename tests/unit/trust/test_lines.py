"""Which lines mean a host, and what is left of them when they no longer do."""

from __future__ import annotations

import base64

import pytest

from access_check.trust import KeyOnFile
from access_check.trust_lines import lines_for, silenced_for, speaks_for
from callout.errors import BadInput, TrustRefused
from callout.policy.host_keys import accepted, revoked

NAME = "[192.0.2.1]:2020"
OLD, NEW = KeyOnFile("", "ssh-ed25519", b"old"), KeyOnFile("", "ssh-ed25519", b"new")


def line(hosts: str, key: KeyOnFile, marker: str = "", tail: str = "") -> bytes:
    return f"{marker}{hosts} {key.kind} {base64.b64encode(key.blob).decode()}{tail}\n".encode()


@pytest.mark.parametrize(
    ("hosts", "speaks"),
    [
        ("[192.0.2.1]:2020", True),
        ("192.0.2.1", False),
        ("[192.0.2.1]:2222", False),
        ("*", True),
        ("[192.0.2.?]:2020", True),
        ("[192.0.2.*]:*,![192.0.2.1]:2020", False),
        ("![192.0.2.1]:2020", False),
        ("a,[192.0.2.1]:2020,b", True),
        ("*" * 2000, False),
        ("|1|bad", False),
    ],
)
def test_hosts(hosts: str, speaks: bool) -> None:
    assert speaks_for(hosts.encode(), NAME) is speaks


@pytest.mark.parametrize(
    ("hosts", "left"),
    [
        (NAME, ""),
        (f"a,{NAME},b", "a,b"),
        (f"{NAME},!x", ""),
        ("*", f"*,!{NAME}"),
        (f"[192.0.2.*]:2020,{NAME}", f"[192.0.2.*]:2020,!{NAME}"),
    ],
)
def test_a_silenced_line_still_speaks_for_the_others(hosts: str, left: str) -> None:
    rest = silenced_for(hosts.encode(), NAME)
    assert rest == left.encode()
    assert not (rest and speaks_for(rest, NAME))


def test_all_other_bytes_stay() -> None:
    """Comments, rubbish, carriage returns, a missing last line end, lines of others: byte for byte."""
    around = b"# caf\xe9\r\n\n@unknown x y z\n \tbroken\n" + line("other", OLD, tail="  comment \t")
    content = around + line(f"x,{NAME}", OLD, tail=" migrated 2024\r") + b"last line without an end"
    change = accepted(content, NAME, NEW, replace=True)
    expected = around + line("x", OLD, tail=" migrated 2024\r") + b"last line without an end\n" + line(NAME, NEW)
    assert change.content == expected
    assert change.gone == (OLD,)


def test_replacing_takes_every_kind_but_no_authority_and_no_revocation() -> None:
    kept = line("*", KeyOnFile("", "ssh-ed25519", b"ca"), "@cert-authority ") + line("*", OLD, "@revoked ")
    other_kind = KeyOnFile("", "ssh-rsa", b"rsa")
    change = accepted(kept + line(NAME, OLD) + line(NAME, other_kind), NAME, NEW, replace=True)
    assert change.content == kept + line(NAME, NEW)
    assert change.gone == (OLD, other_kind)


def test_a_key_of_another_kind_stays_beside_the_accepted_one() -> None:
    content = line(NAME, KeyOnFile("", "ssh-rsa", b"rsa"))
    assert accepted(content, NAME, NEW).content == content + line(NAME, NEW)


def test_replacing_is_done_once_and_leaves_one_key() -> None:
    """Also where the new key is on file already, or is of another kind than the old one."""
    other_kind = KeyOnFile("", "ssh-rsa", b"rsa")
    for old in (line(NAME, other_kind), line(NAME, other_kind) + line(NAME, NEW), line(NAME, OLD)):
        change = accepted(old, NAME, NEW, replace=True, revoke_old=True)
        assert [found.key for found in lines_for(change.content, NAME) if not found.key.marker] == [NEW]
        assert len(change.gone) == 1
        again = accepted(change.content, NAME, NEW, replace=True, revoke_old=True)
        assert (again.content, again.gone) == (change.content, ())


def test_revocation_beats_everything() -> None:
    content = line(NAME, NEW) + line("[192.0.2.*]:*", NEW, "@revoked ")
    with pytest.raises(TrustRefused, match="is revoked"):
        accepted(content, NAME, NEW, replace=True)


def test_revoking_leaves_other_keys_and_is_done_once() -> None:
    once = revoked(line(NAME, OLD) + line(NAME, NEW), NAME, OLD).content
    assert once == line(NAME, NEW) + line("*", OLD, "@revoked ")
    assert revoked(once, NAME, OLD).content == once


@pytest.mark.parametrize("name", ["*", "a,b", "[10.0.0.?]:22", "!a", "|1|x|y", "a b", "@revoked", "#", ""])
def test_a_name_that_means_more_than_one_host_is_never_written(name: str) -> None:
    for change in (accepted, revoked):
        with pytest.raises(BadInput, match="does not name one host"):
            change(b"", name, NEW)


@pytest.mark.parametrize(
    "text", [b"@revoked\tx ssh-rsa QQ==", b"@revoked @revoked x ssh-rsa QQ==", b"x ssh-rsa", b"x ssh-rsa Q\0Q=="]
)
def test_lines_that_openssh_passes_over(text: bytes) -> None:
    assert lines_for(text, "x") == []
