"""Step: which host keys do we trust? Looks, decides, changes the trust store, and records who did it and why."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from access_check.observations import HostKey, HostKeyObservation
from access_check.probes.host_key import OfferedKey, offered_key
from access_check.requirements import ssh_ports
from access_check.trust import KeyOnFile, accept_command, fingerprint, known_hosts_name
from access_check.trust_lines import lines_for
from callout.errors import BadInput, TrustRefused, Unreachable
from callout.inventory.models import System
from callout.ledger.event import Event
from callout.policy.host_keys import ASK_WHY, accepted, key_with, require_fingerprint, revoked
from callout.steps.context import Context
from callout.trust_store import locked_store, read_store

DEFAULT_TIMEOUT_S = 10.0
_SIDE_BY_SIDE = 16


@dataclass(frozen=True, slots=True)
class PortTrust:
    """What the trust store holds for one SSH port.

    `records` are the ledger's newest word on each fingerprint; `offered` is None where nobody was asked.
    """

    system: str
    port: int
    name: str
    on_file: tuple[KeyOnFile, ...]
    records: dict[str, Event]
    offered: OfferedKey | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; `offered.verdict` is `known` or a word of the host-key findings, `unknown` where none came."""
        keys = [
            {"marker": key.marker, "kind": key.kind, "fingerprint": found, **self._record(found)}
            for key in self.on_file
            for found in (fingerprint(key.blob),)
        ]
        told: dict[str, Any] = {"system": self.system, "port": self.port, "name": self.name, "on_file": keys}
        if self.offered is not None:
            key = self.offered.key
            told["offered"] = (
                {"verdict": "unknown", "seen": self.offered.said}
                if key is None
                else {"verdict": str(key.host_key), "kind": key.kind, "fingerprint": key.fingerprint}
            )
        return told

    def _record(self, found: str) -> dict[str, str]:
        event = self.records.get(found)
        if event is None:
            return {}
        return {"event": event.kind, "at": event.at, "actor": event.actor, "ticket": event.body["ticket"]}


def look_at_trust(
    context: Context, systems: Sequence[System], *, ask: bool = False, timeout_s: float = DEFAULT_TIMEOUT_S
) -> list[PortTrust]:
    """Every SSH port of the systems, in order, with the keys on file; changes nothing and records nothing.

    With `ask` each port is asked for its host key, side by side, without a login. Systems without an address
    have no ports.
    """
    pairs = [(system, port) for system in systems if system.target.address for port in ssh_ports(system.target)]

    def one(pair: tuple[System, int]) -> PortTrust:
        system, port = pair
        host = str(system.target.address)
        on_file = _on_file(system, port)
        offered = offered_key(host, port, on_file=on_file, timeout_s=timeout_s) if ask else None
        return PortTrust(system.name, port, known_hosts_name(host, port), on_file, records[system.name], offered)

    records = {system.name: _records(context, system) for system in systems}
    with ThreadPoolExecutor(max_workers=_SIDE_BY_SIDE) as workers:
        return list(workers.map(one, pairs))


def accept_host_key(
    context: Context,
    system: System,
    port: int,
    given: str,
    ticket: str,
    *,
    replace: bool = False,
    revoke_old: bool = False,
    timeout_s: float = DEFAULT_TIMEOUT_S,
) -> Event:
    """The `host_key_accepted` event of the key that the port offers now, if its fingerprint is the `given` one.

    `given` was compared by a person with the customer. A changed key needs `replace`; all others of that port are
    then taken off the file, and with `revoke_old` withdrawn for good. Run again it changes nothing and gives back
    the event there is, or makes up for one that a kill has cost. Raises BadInput for what cannot be, Unreachable where
    no key is offered, TrustRefused for another fingerprint, a revoked key, or a changed one without `replace`.
    """
    ticket, given, name = _require(system, port, given, ticket)
    if revoke_old and not replace:
        raise BadInput("Only a key that is replaced can be revoked in the same step.", "Add --replace.")
    where = f"{system.name} ({system.target.address} port {port})"
    key = _offered(where, system, port, given, timeout_s)
    if key.fingerprint != given:
        hint = "Do not log in. Compare the fingerprint with the customer again, by another way."
        if key.host_key is HostKey.REVOKED:
            hint = ASK_WHY
        raise TrustRefused(f"{where} offers {key.kind} {key.fingerprint}, not {given}; nothing was changed.", hint)
    plain = KeyOnFile("", key.kind, base64.b64decode(key.encoded))
    with locked_store(system.target.known_hosts) as store:
        change = accepted(store.content, name, plain, replace=replace, revoke_old=revoke_old)
        anew = change.content != store.content
        store.replace(change.content)
        body = _body(ticket, system, port, plain, change.verdict)
        body |= {
            "replaced": [fingerprint(one.blob) for one in change.gone],
            "replaced_keys": ("revoked" if revoke_old else "removed") if change.gone else "",
        }
        return _recorded(context, "host_key_accepted", system, body, anew=anew)


def revoke_host_key(
    context: Context, system: System, port: int, given: str, ticket: str, *, timeout_s: float = DEFAULT_TIMEOUT_S
) -> Event:
    """The `host_key_revoked` event: from now on no host is trusted for showing the key with that fingerprint.

    The key is taken from the trust store, or, where it is not on file, from what the port offers. Run again it
    changes nothing. Raises BadInput where neither has such a key, or for what cannot be.
    """
    ticket, given, name = _require(system, port, given, ticket)
    where = f"{system.name} ({system.target.address} port {port})"
    key = key_with(read_store(system.target.known_hosts), given)
    if key is None:
        seen = _offered(where, system, port, given, timeout_s)
        if seen.fingerprint != given:
            raise BadInput(
                f"{given} is neither in {system.target.known_hosts} nor offered by {where}.",
                f"callout trust show {system.name} --ask says which keys there are.",
            )
        key = KeyOnFile("", seen.kind, base64.b64decode(seen.encoded))
    with locked_store(system.target.known_hosts) as store:
        change = revoked(store.content, name, key)
        anew = change.content != store.content
        store.replace(change.content)
        return _recorded(
            context, "host_key_revoked", system, _body(ticket, system, port, key, change.verdict), anew=anew
        )


def _require(system: System, port: int, given: str, ticket: str) -> tuple[str, str, str]:
    if not ticket.strip():
        raise BadInput("Trust needs a ticket: every matter is one.", "Give it with --ticket.")
    if not system.target.address:
        raise BadInput(f"No address of {system.name} is on file (ansible_host).", "Put it into the inventory.")
    ports = ssh_ports(system.target)
    if port not in ports:
        raise BadInput(f"{port} is no SSH port of {system.name}.", f"There are: {', '.join(map(str, ports))}.")
    return ticket.strip(), require_fingerprint(given), known_hosts_name(system.target.address, port)


def _on_file(system: System, port: int) -> tuple[KeyOnFile, ...]:
    name = known_hosts_name(str(system.target.address), port)
    return tuple(line.key for line in lines_for(read_store(system.target.known_hosts), name))


def _offered(where: str, system: System, port: int, given: str, timeout_s: float) -> HostKeyObservation:
    host, on_file = str(system.target.address), _on_file(system, port)
    offered = offered_key(host, port, on_file=on_file, timeout_s=timeout_s, wanted=given)
    if offered.key is None:
        raise Unreachable(f"{where} shows no host key: {offered.said}.", f"Run access-check -l {system.name}.")
    return offered.key


def _body(ticket: str, system: System, port: int, key: KeyOnFile, verdict: HostKey) -> dict[str, Any]:
    return {
        "ticket": ticket,
        "address": system.target.address,
        "port": port,
        "kind": key.kind,
        "fingerprint": fingerprint(key.blob),
        "before": str(verdict),
    }


def _records(context: Context, system: System) -> dict[str, Event]:
    """The newest event about each fingerprint."""
    kinds = ("host_key_accepted", "host_key_revoked")
    events = [event for kind in kinds for event in context.ledger.events(kind=kind, system=system.name)]
    return {event.body["fingerprint"]: event for event in sorted(events, key=lambda event: event.seq)}


def _recorded(context: Context, kind: str, system: System, body: dict[str, Any], *, anew: bool) -> Event:
    """The event, appended unless nothing changed and the newest one about this key and port says the same."""
    newest = _records(context, system).get(body["fingerprint"])
    same = newest is not None and newest.kind == kind
    if (
        newest is not None
        and same
        and not anew
        and all(newest.body[name] == body[name] for name in ("address", "port"))
    ):
        return newest
    return context.record(kind, system, "", body)


def accept_hint(trust: PortTrust) -> str:
    """What a person does about an offered key that is not known; empty where there is nothing to do."""
    key = trust.offered.key if trust.offered is not None else None
    if key is None or key.host_key is HostKey.KNOWN:
        return ""
    if key.host_key is HostKey.REVOKED:
        return ASK_WHY
    command = accept_command(trust.system, trust.port, key.fingerprint, replace=key.host_key is HostKey.CHANGED)
    return f"Compare it with the customer by another way, then: {command}"
