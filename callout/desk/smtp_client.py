"""smtplib's client with bounds on what a server may say, and one deadline for the whole conversation."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from typing import Any

from access_check.escaping import shown
from callout.desk.smtp_lines import LONGEST_LINE, MOST_LINES, BoundedLines, Deadline
from callout.errors import BadInput


class BoundedSMTP(smtplib.SMTP):
    """smtplib's client with bounds on what a server may say, and one deadline for all of it."""

    def __init__(self, greets_as: str, deadline: Deadline) -> None:
        self.deadline = deadline
        self.wrapping: ssl.SSLContext | None = None
        super().__init__(local_hostname=plain_address(greets_as), timeout=deadline.left_s())

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = socket.create_connection((host, port), self.deadline.left_s())
        self._host = host
        return self._wrapped(connection, self.wrapping) if self.wrapping else connection

    def encrypt(self, context: ssl.SSLContext | None) -> None:
        """Goes on encrypted; what was said before counts no more."""
        if context is None or self.sock is None:
            raise ValueError("there is nothing to encrypt, or nothing to do it with")
        if self.file is not None and self.file.unread:
            raise smtplib.SMTPException("it said more than it was asked before the line was encrypted")
        self.sock = self._wrapped(self.sock, context)
        self.file = None
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features, self.does_esmtp = {}, False

    def _wrapped(self, connection: socket.socket, context: ssl.SSLContext) -> socket.socket:
        connection.settimeout(self.deadline.left_s())
        try:
            return context.wrap_socket(connection, server_hostname=self._host)
        except BaseException:
            connection.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """The next answer, all its lines. Raises SMTPException where it is too long or is no answer at all."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        if self.file is None:
            self.file = BoundedLines(self.sock, self.deadline)
        said: list[bytes] = []
        for _ in range(MOST_LINES):
            line = self.file.readline()
            if not line:
                self.close()
                raise smtplib.SMTPServerDisconnected("it hung up")
            if len(line) > LONGEST_LINE or not re.match(rb"[2-5][0-9]{2}([ -]|\r?\n)", line):
                self.close()
                raise smtplib.SMTPException(f"it does not speak SMTP: {shown(line, 60)}")
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said)
        self.close()
        raise smtplib.SMTPException("its answer has no end")

    def send(self, s: Any) -> None:
        """Bytes or text to the server, within the deadline."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        self.sock.settimeout(self.deadline.left_s())
        self.sock.sendall(s if isinstance(s, bytes) else s.encode("ascii"))


def plain_address(address: str) -> str:
    """The address, which can be nothing but one inside of a command. Raises BadInput for anything else."""
    if not re.fullmatch(r"[!-;=?-~]*", address):
        raise BadInput(f"{shown(address)} is no address that a mail can be sent to.", "Correct it in the inventory.")
    return address
