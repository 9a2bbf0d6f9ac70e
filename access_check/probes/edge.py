"""Reads a customer's router, and cannot do anything else to it.

The connection is our own (trust store, one password attempt, one deadline, one byte limit); netmiko's driver
only speaks over it. It never learns the password, and every line that it wants to send passes one door with
the allowed commands on it: neither the drivers' preparation (`set output standard`, `terminal width` in
configuration mode, `login`) nor their clean-up sends anything.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from access_check.edge.devices import Device
from access_check.edge.observation import EdgeObservation, Look
from access_check.errors import AccessCheckError
from access_check.escaping import shown
from access_check.observations import Login, ShellObservation
from access_check.probes.deadline import Deadline
from access_check.probes.guard import GuardSocket
from access_check.probes.known_hosts import known_keys
from access_check.probes.names import resolve
from access_check.probes.ssh import look_at_ssh
from access_check.probes.ssh_login import Credentials
from access_check.probes.tcp import connect

OUTPUT_BYTES = 1024 * 1024
_WIRE_BYTES = OUTPUT_BYTES + 256 * 1024
_POLL_S = 0.02
_QUIET_S = 0.15
_MAXIMUM_PAGES = 2000
_TERMINAL = {"term": "vt100", "width": 511, "height": 1000}
_PAGER = re.compile(r"(?:^|\n) ?-{2,} ?\(?[Mm]ore\)?[^\n-]{0,40}-{2,} ?$")
_NEXT_PAGE = " "
_TAIL = 400
_NO_STATUS = -1


class NotAllowed(AccessCheckError):
    """Something other than an allowed command was about to be sent to a router."""

    exit_status = 1


class _Ended(Exception):
    """Ends a conversation with the word for why."""

    def __init__(self, look: Look, detail: str = "") -> None:
        super().__init__(detail)
        self.look = look
        self.detail = detail


@dataclass(slots=True)
class _Heard:
    """What came of the conversation; filled in by it."""

    look: Look = Look.NOT_LOGGED_IN
    detail: str = ""
    text: str = field(default="", repr=False)
    sent: list[str] = field(default_factory=list)


def read_router(
    device: Device, address: str, port: int, credentials: Credentials, known_hosts: Path, timeout_s: float
) -> EdgeObservation:
    """What the router printed to the allowed commands; returns at the latest 1 s after `timeout_s`.

    A private key is tried before the password; both go only to a server whose host key is on file in
    `known_hosts`, the password at most once.
    Raises CannotLook where something on our own side is in the way.
    """
    deadline = Deadline(timeout_s)
    tcp, sock = connect(resolve(address, deadline).addresses, port, deadline)
    if sock is None:
        return EdgeObservation(Look.NOT_OPEN, tcp=tcp)
    on_file = known_keys(address, port, known_hosts)
    heard = _Heard()

    def converse(transport: Any, guard: GuardSocket, deadline: Deadline) -> ShellObservation | None:
        guard.allow(_WIRE_BYTES)
        heard.look = Look.READ
        try:
            talk = _by_terminal if device.netmiko_type else _by_exec
            heard.text = talk(device, transport, deadline, heard.sent)
        except _Ended as ended:
            heard.look, heard.detail = ended.look, ended.detail
        except NotAllowed:
            raise
        except Exception as error:  # noqa: BLE001 - hostile bytes make Paramiko and netmiko raise anything at all
            heard.look, heard.detail = _how_it_broke(transport, deadline), shown(str(error))
        return None

    own = replace(credentials, user=credentials.user + device.login_suffix)
    seen = look_at_ssh(sock, port, on_file=on_file, credentials=own, deadline=deadline, after_login=converse)
    look = heard.look
    if look is not Look.NOT_LOGGED_IN and (seen.login is None or seen.login.login is not Login.ACCEPTED):
        look = Look.CLOSED
    return EdgeObservation(look, heard.text, heard.detail, tuple(heard.sent), tcp, seen)


def _how_it_broke(transport: Any, deadline: Deadline) -> Look:
    if deadline.passed:
        return Look.TIMEOUT
    return Look.NO_ANSWER if transport.is_active() else Look.CLOSED


def driver(device: Device, sent: list[str]) -> Any:
    """netmiko's driver for the device, not connected, with a door in front of all that it sends.

    Lines that pass the door are appended to `sent`; everything else raises NotAllowed before it is sent.
    """
    from netmiko.ssh_dispatcher import CLASS_MAPPER

    allowed = {*device.preparation, *device.commands}
    base: Any = CLASS_MAPPER[device.netmiko_type]

    class ReadOnly(base):  # type: ignore[misc]  # netmiko ships no types
        """Only reads."""

        def write_channel(self, out_data: str) -> None:
            """Sends an allowed line or the pager's key."""
            line = out_data.removesuffix(self.RETURN)
            if out_data != _NEXT_PAGE and (line not in allowed or out_data == line):
                raise NotAllowed(f"{device.name}: {shown(out_data, 80)} is not an allowed command.", "Report this.")
            sent.append(line)
            super().write_channel(out_data)

        def session_preparation(self, *_: Any, **__: Any) -> None:
            """Nothing: the drivers' own preparation writes."""

        def special_login_handler(self, *_: Any, **__: Any) -> None:
            """Nothing: a device that asks something at the login is left alone."""

        def cleanup(self, *_: Any, **__: Any) -> None:
            """Nothing: the connection is closed by whoever opened it."""

        def establish_connection(self, *_: Any, **__: Any) -> None:
            """Never: the connection is ours."""
            raise NotAllowed(f"{device.name}: netmiko opens no connection here.", "Report this.")

    return ReadOnly(
        device_type=device.netmiko_type,
        host="router",
        auto_connect=False,
        ssh_strict=True,
        system_host_keys=False,
        use_keys=False,
        allow_agent=False,
        ssh_config_file=None,
        allow_auto_change=False,
        session_log=None,
    )


def _by_terminal(device: Device, transport: Any, deadline: Deadline, sent: list[str]) -> str:
    """The commands' output by netmiko's driver over a terminal of our own connection."""
    from netmiko.channel import SSHChannel

    speaker = driver(device, sent)
    # It was hung into a logger for good, to hide a password that this driver never learns.
    logging.getLogger("netmiko").removeFilter(speaker._secrets_filter)
    channel = transport.open_session(timeout=max(0.1, deadline.left_s))
    channel.get_pty(**_TERMINAL)
    channel.invoke_shell()
    channel.settimeout(max(0.1, deadline.left_s))
    speaker.remote_conn = channel
    speaker.channel = SSHChannel(conn=channel, encoding="utf-8")
    speaker.ansi_escape_codes = True
    prompt = re.compile(device.prompt)
    greeting = _until(speaker, transport, deadline, lambda tail: prompt.search(tail) is not None, 0, Look.NO_PROMPT)
    own_prompt = greeting.rsplit("\n", 1)[-1].strip()
    outputs: list[str] = []
    length = 0
    for command in (*device.preparation, *device.commands):
        speaker.write_channel(command + speaker.RETURN)
        said = _until(speaker, transport, deadline, lambda tail: _ends_with(tail, own_prompt), length)
        if command in device.commands:
            outputs.append(_without_frame(said, command))
            length += len(said)
    return "\n".join(outputs) + "\n"


def _ends_with(tail: str, prompt: str) -> bool:
    return tail.rsplit("\n", 1)[-1].strip() == prompt


def _until(
    speaker: Any,
    transport: Any,
    deadline: Deadline,
    at_end: Callable[[str], bool],
    before: int,
    late: Look = Look.TIMEOUT,
) -> str:
    """Reads until the end of what came is the prompt and stays so; turns the pager's pages.

    `before` characters came already. Raises _Ended at the deadline (with `late`), the limit or the end of
    the connection.
    """
    pieces: list[str] = []
    length, tail, pages, quiet_since = before, "", 0, time.monotonic()
    while True:
        piece = speaker.read_channel()
        if piece:
            pieces.append(piece)
            length += len(piece)
            tail = (tail + piece)[-_TAIL:]
            quiet_since = time.monotonic()
            if length > OUTPUT_BYTES:
                raise _Ended(Look.TOO_MUCH)
        elif _PAGER.search(tail):
            pages += 1
            if pages > _MAXIMUM_PAGES:
                raise _Ended(Look.TOO_MUCH, "pages without end")
            tail = ""
            speaker.write_channel(_NEXT_PAGE)
        elif at_end(tail) and time.monotonic() - quiet_since >= _QUIET_S:
            return "".join(pieces)
        elif deadline.passed:
            raise _Ended(late, shown(tail, 120))
        elif not transport.is_active() or speaker.remote_conn.closed or speaker.remote_conn.eof_received:
            raise _Ended(Look.CLOSED, shown(tail, 120))
        else:
            time.sleep(_POLL_S)


def _without_frame(said: str, command: str) -> str:
    """The output without the echoed command before it and the prompt behind it."""
    before, found, behind = said.partition(command)
    body = behind if found and "\n" not in before.strip() else said
    return body.rpartition("\n")[0].lstrip("\n")


def _by_exec(device: Device, transport: Any, deadline: Deadline, sent: list[str]) -> str:
    """The commands' output without a terminal: one exec channel each, bounded, exit status looked at."""
    outputs: list[str] = []
    for command in device.commands:
        channel = transport.open_session(window_size=64 * 1024, timeout=max(0.1, deadline.left_s))
        sent.append(command)
        channel.exec_command(command)
        outputs.append(_drained(channel, transport, deadline))
    return "".join(outputs)


def _drained(channel: Any, transport: Any, deadline: Deadline) -> str:
    out, err = bytearray(), bytearray()
    while True:
        at_end = channel.closed or channel.eof_received
        while channel.recv_ready() and len(out) <= OUTPUT_BYTES:
            out += channel.recv(32768)
        while channel.recv_stderr_ready() and len(err) <= OUTPUT_BYTES:
            err += channel.recv_stderr(4096)
        if len(out) > OUTPUT_BYTES or len(err) > OUTPUT_BYTES:
            raise _Ended(Look.TOO_MUCH)
        if at_end and (channel.exit_status_ready() or channel.closed):
            break
        if deadline.passed:
            raise _Ended(Look.TIMEOUT)
        if not transport.is_active():
            raise _Ended(Look.CLOSED)
        time.sleep(_POLL_S)
    if channel.exit_status == _NO_STATUS:
        # The connection was closed before the command had ended: by us at the deadline, or by them.
        raise _Ended(Look.TIMEOUT if deadline.passed else Look.CLOSED)
    if channel.exit_status != 0:
        raise _Ended(Look.COMMAND_FAILED, shown(bytes(err or out).strip(), 200))
    return bytes(out).decode("utf-8", "replace")
