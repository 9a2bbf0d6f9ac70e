"""Looks at one system from the name to the shell: all ports side by side, under one deadline."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from access_check.observations import Observations, PageObservation, Resolution, SshObservation, TcpObservation
from access_check.probes.deadline import Deadline
from access_check.probes.known_hosts import known_keys
from access_check.probes.names import resolve
from access_check.probes.ssh import look_at_ssh
from access_check.probes.ssh_login import Credentials
from access_check.probes.ssh_shell import shell_look
from access_check.probes.tcp import connect
from access_check.probes.web import look_at_page
from access_check.requirements import ssh_ports, tcp_ports
from access_check.targets import Target

_GRACE_S = 0.8
Result = TypeVar("Result")


@dataclass(slots=True)
class _Port:
    tcp: TcpObservation
    ssh: SshObservation | None = None
    pages: dict[str, PageObservation] = field(default_factory=dict)


def look(target: Target, timeout_s: float) -> Observations:
    """All that can be seen of `target` within `timeout_s`; returns at the latest 1 s after it.

    What was not finished then is missing in the observations. One connection per port (a second one for a
    certificate that is not trusted), one login, one password attempt. Raises CannotLook where something on
    our own side is in the way.
    """
    if not target.address:
        return Observations()
    deadline = Deadline(timeout_s)
    name = resolve(target.address, deadline)
    if name.resolution is not Resolution.RESOLVED:
        return Observations(name=name)
    looks = [partial(_look_at_port, target, name.addresses, port, deadline) for port in tcp_ports(target)]
    ports = [port for port in _side_by_side(looks, deadline) if port is not None]
    return Observations(
        name=name,
        tcp={port.tcp.port: port.tcp for port in ports},
        ssh={port.ssh.port: port.ssh for port in ports if port.ssh is not None},
        web={page: seen for port in ports for page, seen in port.pages.items()},
    )


def _look_at_port(target: Target, addresses: Sequence[str], port: int, deadline: Deadline) -> _Port:
    host = str(target.address)
    tcp, sock = connect(addresses, port, deadline)
    seen = _Port(tcp)
    if sock is None:
        return seen

    def again() -> socket.socket | None:
        return connect(addresses, port, deadline)[1]

    with sock:
        if port in ssh_ports(target):
            on_file = known_keys(host, port, target.known_hosts, deadline)
            credentials = Credentials(target.user, target.password, target.private_key)
            login = credentials if port == target.port else None
            ask = shell_look(target.profile.facts, target.profile.asterisk)
            seen.ssh = look_at_ssh(sock, port, on_file=on_file, credentials=login, deadline=deadline, after_login=ask)
            return seen
        for page_name, page in target.profile.web.items():
            if page.port != port:
                continue
            connection = again() if seen.pages else sock
            if connection is not None:
                seen.pages[page_name] = look_at_page(connection, host, page, deadline, again)
    return seen


def _side_by_side(looks: Sequence[Callable[[], Result]], deadline: Deadline) -> list[Result | None]:
    """What each look brought, in order, None for one that did not end in time.

    Daemon threads: a look that hangs in the system's own calls must not keep the program from ending.
    """
    results: list[Result | None] = [None] * len(looks)
    errors: list[BaseException] = []

    def run(place: int) -> None:
        try:
            results[place] = looks[place]()
        except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread, not swallowed
            errors.append(error)

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(looks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(deadline.left_s + _GRACE_S)
    if errors:
        raise errors[0]
    return results
