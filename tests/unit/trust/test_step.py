"""Accepting and revoking on a real SSH server: what is refused, what is written, what the ledger says."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from access_check.observations import HostKey
from callout.errors import BadInput, TrustRefused, Unreachable
from callout.inventory import System
from callout.ledger import Event
from callout.steps.context import Context
from callout.steps.trust import accept_hint, accept_host_key, look_at_trust, revoke_host_key

SystemAt = Callable[[int], System]
OTHER = "SHA256:" + "A" * 43


def fingerprint(server: Any) -> str:
    found: str = server.host_key.get_fingerprint()
    return found


def found_by_ssh_keygen(store: Path, port: int) -> str:
    done = subprocess.run(
        ["ssh-keygen", "-l", "-F", f"[127.0.0.1]:{port}", "-f", str(store)], capture_output=True, text=True, check=False
    )
    return done.stdout


def accept(context: Context, system: System, given: str, **how: Any) -> Event:
    return accept_host_key(context, system, system.target.port, given, "T-1", **how)


def test_an_unknown_key_is_taken_in_with_ticket_and_fingerprint(
    context: Context, system_at: SystemAt, ssh_server: Any, store: Path
) -> None:
    server = ssh_server()
    event = accept(context, system_at(server.port), fingerprint(server))
    assert (event.kind, event.system, event.actor) == ("host_key_accepted", "globex-sw1", "eva@desk")
    assert event.body["ticket"] == "T-1"
    assert event.body["fingerprint"] == fingerprint(server)
    assert event.body["before"] == "host-key-unknown"
    assert store.read_text() == server.known_hosts_line()
    assert fingerprint(server) in found_by_ssh_keygen(store, server.port)
    assert server.passwords == []


def test_again_changes_nothing_and_records_nothing(
    context: Context, system_at: SystemAt, ssh_server: Any, store: Path
) -> None:
    server = ssh_server()
    first = accept(context, system_at(server.port), fingerprint(server))
    before = store.read_bytes()
    assert accept(context, system_at(server.port), fingerprint(server)) == first
    assert store.read_bytes() == before
    assert len(list(context.ledger.events())) == 1


def test_a_key_without_its_event_gets_one(context: Context, system_at: SystemAt, ssh_server: Any, store: Path) -> None:
    """Killed between file and ledger, or put in by hand: the next run makes up for it."""
    server = ssh_server()
    store.write_text(server.known_hosts_line())
    assert accept(context, system_at(server.port), fingerprint(server)).body["before"] == "known"
    assert store.read_text() == server.known_hosts_line()


def test_another_fingerprint_is_refused(context: Context, system_at: SystemAt, ssh_server: Any, store: Path) -> None:
    server = ssh_server()
    with pytest.raises(TrustRefused, match="not SHA256:AAA") as refusal:
        accept(context, system_at(server.port), OTHER)
    assert refusal.value.exit_status == 6
    assert not store.exists()
    assert list(context.ledger.events()) == []


def changed(server: Any, store: Path) -> str:
    """Puts another key of the same kind on file for the server; its fingerprint."""
    old = asyncssh.generate_private_key("ssh-ed25519")
    kind, blob = old.export_public_key().decode().split()[:2]
    store.write_text(f"# ours\n[127.0.0.1]:{server.port},elsewhere {kind} {blob} old\n")
    return str(old.get_fingerprint())


def test_a_changed_key_needs_replace_and_the_old_one_goes(
    context: Context, system_at: SystemAt, ssh_server: Any, store: Path
) -> None:
    server = ssh_server()
    old, system = changed(server, store), system_at(server.port)
    before = store.read_bytes()
    with pytest.raises(TrustRefused, match="Another ssh-ed25519 key") as refusal:
        accept(context, system, fingerprint(server))
    assert "--replace" in refusal.value.hint
    assert store.read_bytes() == before
    event = accept(context, system, fingerprint(server), replace=True)
    assert (event.body["replaced"], event.body["replaced_keys"]) == ([old], "removed")
    assert store.read_text().startswith("# ours\nelsewhere ssh-ed25519 ")
    assert old not in found_by_ssh_keygen(store, server.port)
    assert fingerprint(server) in found_by_ssh_keygen(store, server.port)


def test_the_replaced_key_can_be_revoked_and_never_comes_back(
    context: Context, system_at: SystemAt, ssh_server: Any, store: Path
) -> None:
    old_server, new_server = ssh_server(), ssh_server()
    kind, blob = old_server.host_key.export_public_key().decode().split()[:2]
    store.write_text(f"[127.0.0.1]:{new_server.port} {kind} {blob}\n")
    event = accept(context, system_at(new_server.port), fingerprint(new_server), replace=True, revoke_old=True)
    assert (event.body["replaced"], event.body["replaced_keys"]) == ([fingerprint(old_server)], "revoked")
    assert f"@revoked * {kind} {blob}\n" in store.read_text()
    with pytest.raises(TrustRefused, match="is revoked"):
        accept(context, system_at(old_server.port), fingerprint(old_server), replace=True)


def test_a_revoked_key_is_never_accepted(context: Context, system_at: SystemAt, ssh_server: Any, store: Path) -> None:
    server = ssh_server()
    system = system_at(server.port)
    accept(context, system, fingerprint(server))
    event = revoke_host_key(context, system, server.port, fingerprint(server), "T-2")
    assert (event.kind, event.body["ticket"]) == ("host_key_revoked", "T-2")
    assert store.read_text().startswith("@revoked * ssh-ed25519 ")
    assert revoke_host_key(context, system, server.port, fingerprint(server), "T-2") == event
    with pytest.raises(TrustRefused, match="is revoked"):
        accept(context, system, fingerprint(server), replace=True)
    (port,) = look_at_trust(context, [system], ask=True)
    assert port.offered is not None
    assert port.offered.key is not None
    assert port.offered.key.host_key is HostKey.REVOKED
    assert "Do not log in" in accept_hint(port)
    assert [event.kind for event in context.ledger.events()] == ["host_key_accepted", "host_key_revoked"]


def test_a_key_that_is_only_offered_can_be_revoked(
    context: Context, system_at: SystemAt, ssh_server: Any, store: Path
) -> None:
    server = ssh_server()
    revoke_host_key(context, system_at(server.port), server.port, fingerprint(server), "T-2")
    assert "REVOKED" in found_by_ssh_keygen(store, server.port)
    with pytest.raises(BadInput, match="neither in"):
        revoke_host_key(context, system_at(server.port), server.port, OTHER, "T-2")


def test_a_key_of_another_kind_than_the_first_shown_is_found(
    context: Context, system_at: SystemAt, ssh_server: Any, store: Path
) -> None:
    """The customer read out the RSA key's fingerprint, and the server would show the ed25519 one."""
    second = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
    first = asyncssh.generate_private_key("ssh-ed25519")
    server = ssh_server(host_key=second, options={"server_host_keys": [first, second]})
    assert accept(context, system_at(server.port), second.get_fingerprint()).body["kind"] == "ssh-rsa"
    assert store.read_text() == server.known_hosts_line()


def test_a_closed_port_is_unreachable(context: Context, system_at: SystemAt, ssh_server: Any) -> None:
    server = ssh_server()
    system = system_at(server.port)
    server._acceptor.close()
    with pytest.raises(Unreachable, match="shows no host key: TCP port"):
        accept(context, system, OTHER)


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (lambda sock, closing: closing.wait(10), "silent"),
        (lambda sock, closing: sock.sendall(b"220 \x1b[2Jmail ready\r\n"), "not-ssh .220 .x1b"),
        (
            lambda sock, closing: sock.sendall(b"SSH-2.0-x\r\n\xff\xff\xff\xff" + b"x" * 100_000),
            "the key exchange ended",
        ),
    ],
)
def test_a_server_that_misbehaves_costs_its_time_and_no_more(
    context: Context, system_at: SystemAt, serve: Any, store: Path, behaviour: Any, sentence: str
) -> None:
    server = serve(behaviour)
    began = time.monotonic()
    with pytest.raises(Unreachable, match=sentence):
        accept(context, system_at(server.port), OTHER, timeout_s=3)
    assert time.monotonic() - began < 4.5
    assert not store.exists()


@pytest.mark.parametrize(
    ("port", "given", "ticket", "sentence"),
    [
        (1, OTHER, "T-1", "1 is no SSH port"),
        (2020, "MD5:aa:bb", "T-1", "is no SHA256 fingerprint"),
        (2020, OTHER[:-1], "T-1", "is no SHA256 fingerprint"),
        (2020, OTHER, " ", "needs a ticket"),
    ],
)
def test_bad_input_is_one_sentence(
    context: Context, system_at: SystemAt, port: int, given: str, ticket: str, sentence: str
) -> None:
    for step in (accept_host_key, revoke_host_key):
        with pytest.raises(BadInput, match=sentence):
            step(context, system_at(2020), port, given, ticket)


def test_show_says_who_accepted(context: Context, system_at: SystemAt, ssh_server: Any) -> None:
    server = ssh_server()
    system = system_at(server.port)
    (asked,) = look_at_trust(context, [system], ask=True)
    assert asked.as_dict()["offered"]["verdict"] == "host-key-unknown"
    command = (
        f"callout trust accept globex-sw1 --port {server.port} --fingerprint {fingerprint(server)} --ticket TICKET"
    )
    assert f"{command} (" in accept_hint(asked)
    accept(context, system, fingerprint(server))
    (port,) = look_at_trust(context, [system])
    (key,) = port.as_dict()["on_file"]
    assert (key["fingerprint"], key["actor"], key["ticket"]) == (fingerprint(server), "eva@desk", "T-1")
    assert port.offered is None
