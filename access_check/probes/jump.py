"""Looks at the SSH ports of a system that stands behind a jump host, through the engineer's own ssh.

Nothing else is looked at: the system's address means another machine, or none, from where we are. Jump hosts are
logged in to as the engineer's ssh configuration and agent say, never with the system's password and without any
question; their host keys are in the engineer's own known_hosts.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Sequence

from access_check.connection_arguments import ConnectionArguments, Hop, command_for
from access_check.escaping import shown
from access_check.observations import Observations, Reach, SshObservation, TcpObservation
from access_check.probes.deadline import Deadline
from access_check.probes.known_hosts import known_keys
from access_check.probes.ssh import look_at_ssh
from access_check.probes.ssh_banner import look_at_banner
from access_check.probes.ssh_wanted import after_login_wanted, login_wanted
from access_check.programs import Tunnel, tunnel
from access_check.requirements import ssh_ports
from access_check.targets import Target

_LAST_WORDS_S = 0.5
_OPTIONS = {
    "BatchMode": "yes",
    "StrictHostKeyChecking": "yes",
    "LogLevel": "INFO",
    "ControlMaster": "no",
    "ControlPath": "none",
    "ForwardAgent": "no",
    "PermitLocalCommand": "no",
}
# What ssh says of the far end of `-W` (channels.c, "open failed: connect failed: …").
_FAR_END = {
    b"Connection refused": Reach.REFUSED,
    b"timed out": Reach.TIMEOUT,
    b"No route to host": Reach.UNREACHABLE,
    b"Network is unreachable": Reach.UNREACHABLE,
}


def look_through_jump(
    target: Target,
    way: ConnectionArguments,
    deadline: Deadline,
    wanted: frozenset[str],
    before_secrets: Callable[[], None],
) -> Observations:
    """What the SSH ports did, one after the other, the work port first; each has its share of the time.

    Only as far as the checks in `wanted` need it: a port with none of them is left alone, and so are the jump hosts
    before it.
    """
    ports = [port for port in ssh_ports(target) if _wanted_of(port, wanted)]
    tcp: dict[int, TcpObservation] = {}
    ssh: dict[int, SshObservation] = {}
    for place, port in enumerate(ports):
        if deadline.passed:
            break
        share = Deadline(deadline.shared_by(len(ports) - place))
        tcp[port], seen = _look_at_port(target, way, port, share, wanted, before_secrets)
        if seen is not None:
            ssh[port] = seen
    return Observations(tcp=tcp, ssh=ssh)


def _look_at_port(
    target: Target,
    way: ConnectionArguments,
    port: int,
    deadline: Deadline,
    wanted: frozenset[str],
    before_secrets: Callable[[], None],
) -> tuple[TcpObservation, SshObservation | None]:
    host = str(target.address)
    with tunnel(_command(target, way, port, deadline)) as through:
        closed = _came_through(through, port, deadline)
        if closed is not None:
            return closed, None
        opened = TcpObservation(port, Reach.OPEN, f"through {way.way}")
        beyond = _wanted_of(port, wanted) - {f"tcp@{port}"}
        if not beyond:
            return opened, None
        if beyond == {f"ssh.banner@{port}"}:
            return opened, look_at_banner(through.socket, port, deadline)
        seen = look_at_ssh(
            through.socket,
            port,
            on_file=known_keys(host, port, target.known_hosts, way.host_key_alias),
            credentials=login_wanted(target, port, wanted, before_secrets),
            deadline=deadline,
            after_login=after_login_wanted(target, port, wanted),
            host=way.host_key_alias or host,
        )
        return opened, seen


def _wanted_of(port: int, wanted: frozenset[str]) -> frozenset[str]:
    return frozenset(check for check in wanted if check.endswith(f"@{port}"))


def _came_through(through: Tunnel, port: int, deadline: Deadline) -> TcpObservation | None:
    """None once the port has said something, or was closed without a complaint of ssh's; else what ssh said."""
    poll = select.poll()  # select knows descriptors below 1024 only
    poll.register(through.socket, select.POLLIN)
    if not poll.poll(deadline.left_s * 1000):
        return TcpObservation(port, Reach.TIMEOUT, "nothing came through")
    if through.socket.recv(1, socket.MSG_PEEK):
        return None
    said = through.last_words(min(_LAST_WORDS_S, deadline.left_s)).strip()
    if not said and through.process.returncode == 0:
        return None
    far_end = next((line for line in said.splitlines() if b": open failed: " in line), None)
    if far_end is not None:
        reach = next((reach for words, reach in _FAR_END.items() if words in far_end), Reach.NO_WAY)
        return TcpObservation(port, reach, shown(far_end, 120))
    lines = said.splitlines() or [f"exit status {through.process.returncode}".encode()]
    return TcpObservation(port, Reach.NO_WAY, shown(lines[-1], 120))


def _command(target: Target, way: ConnectionArguments, port: int, deadline: Deadline) -> list[str]:
    host = str(target.address)
    if way.command:
        return ["sh", "-c", f"exec {command_for(way.command, host, port, target.user)}"]
    *before, last = way.jump
    words = ["ssh", "-a", "-x"]
    for name, value in {**_OPTIONS, "ConnectTimeout": str(max(1, int(deadline.left_s)))}.items():
        words += ["-o", f"{name}={value}"]
    if before:
        words += ["-J", ",".join(_written(before))]
    if last.user:
        words += ["-l", last.user]
    if last.port:
        words += ["-p", str(last.port)]
    return [*words, "-W", f"[{host}]:{port}", "--", last.host]


def _written(hops: Sequence[Hop]) -> list[str]:
    return [
        (f"{hop.user}@" if hop.user else "") + (f"[{hop.host}]" if ":" in hop.host else hop.host)
        + (f":{hop.port}" if hop.port else "")
        for hop in hops
    ]  # fmt: skip
