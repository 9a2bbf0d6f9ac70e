"""Hands one letter to a mail server: encrypted unless told otherwise, one try of the password, every answer bounded.

Whatever happens, it is known whether the letter went: `Delivered`, `NotSent`, or `PerhapsSent`, which is only where the
whole letter was handed over and no answer came.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from access_check.escaping import shown
from callout.desk.smtp_client import BoundedSMTP, plain_address
from callout.desk.smtp_lines import Deadline
from callout.errors import BadInput, CalloutError

if TYPE_CHECKING:
    from callout.inventory.desk import Smtp

PORTS = {"starttls": 587, "tls": 465, "none": 25}
# A conversation has a dozen answers; all of them together may take as long as this many.
WHOLE_STEPS = 4
LONGEST_ANSWER = 300


@dataclass(frozen=True, slots=True)
class Delivered:
    """A server took the letter. `refused` says for each address that it did not take why."""

    server: str
    refused: Mapping[str, str] = field(default_factory=dict)


class NotSent(CalloutError):
    """Nobody got the letter, for certain. `permanent`: it will not go as it is; else it may another time."""

    exit_status = 3

    def __init__(self, why: str, *, permanent: bool = False, refused: Mapping[str, str] | None = None) -> None:
        super().__init__(why, "It stays in the outbox: callout case send.")
        self.permanent = permanent
        self.refused = dict(refused or {})


class PerhapsSent(CalloutError):
    """The whole letter was handed over, and the server's answer did not come: nobody knows whether it went."""

    exit_status = 3


def server_name(settings: Smtp) -> str:
    """Host and port, for records and people."""
    return f"{settings.host}:{settings.port or PORTS[settings.security]}"


def send_letter(
    settings: Smtp,
    folder: Path,
    letter: bytes,
    sender: str,
    recipients: Sequence[str],
    greets_as: str,
    about_to: Callable[[], None],
) -> Delivered:
    """Hands `letter` (a whole message, CRLF) to the server for these recipients, each a plain address.

    `sender` is where failures are told; empty: nowhere. `folder` is what `ca_file` is relative to, `greets_as` the
    domain that we say we are. `about_to` is called when everything is said but the letter itself: before it returns
    nobody can have the letter, and where it raises nobody gets it. Raises NotSent, PerhapsSent; BadInput for settings
    that would send a password in the clear, an unreadable `ca_file`, and what is no address.
    """
    _refuse_clear_password(settings)
    context = None if settings.security == "none" else _context(settings, folder)
    connection = _Connection(settings, context, greets_as)
    try:
        connection.begin()
        refused = connection.envelope(letter, sender, recipients)
        about_to()
        connection.content(letter)
        connection.goodbye()
    finally:
        connection.close()
    return Delivered(server_name(settings), refused)


class _Connection:
    """One conversation, in the order of its methods."""

    def __init__(self, settings: Smtp, context: ssl.SSLContext | None, greets_as: str) -> None:
        self._settings = settings
        self._context = context
        self._server = server_name(settings)
        self._smtp = BoundedSMTP(greets_as, Deadline(settings.timeout_s * WHOLE_STEPS, settings.timeout_s))

    def begin(self) -> None:
        """Connects, encrypts, signs in. Raises NotSent."""
        settings, smtp = self._settings, self._smtp
        port = settings.port or PORTS[settings.security]
        try:
            smtp.wrapping = self._context if settings.security == "tls" else None
            self._expect(smtp.connect(settings.host, port), {220}, "greeted us with")
            self._greet()
            if settings.security == "starttls":
                if not smtp.has_extn("starttls"):
                    raise NotSent(f"{self._server} offers no encryption (STARTTLS); nothing was told to it.")
                self._expect(smtp.docmd("STARTTLS"), {220}, "answered STARTTLS with")
                smtp.encrypt(self._context)
                self._greet()
            if settings.user:
                self._sign_in(settings.user, settings.password.get_secret_value() if settings.password else "")
        except ssl.SSLCertVerificationError as error:
            raise NotSent(f"The certificate of {self._server} is not good: {shown(error.verify_message)}.") from None
        except _TROUBLE as error:
            raise NotSent(f"{self._server} could not be used: {_said(error)}.") from None

    def envelope(self, letter: bytes, sender: str, recipients: Sequence[str]) -> dict[str, str]:
        """Names the sender and the recipients; gives back those who were refused. Raises NotSent if all were."""
        smtp = self._smtp
        try:
            room = smtp.esmtp_features.get("size", "")
            if room.isdecimal() and 0 < int(room) < len(letter):
                raise NotSent(f"{self._server} takes letters of {room} bytes, this has {len(letter)}.", permanent=True)
            self._expect(smtp.docmd("MAIL", f"FROM:<{plain_address(sender)}>"), {250}, "refused the sender")
            refused, codes = {}, []
            for address in recipients:
                code, said = smtp.docmd("RCPT", f"TO:<{plain_address(address)}>")
                if code not in (250, 251, 252):
                    codes.append(code)
                    refused[address] = _answer(code, said)
                if code == 421:
                    raise NotSent(f"{self._server} ended the conversation: {refused[address]}.", refused=refused)
        except _TROUBLE as error:
            raise NotSent(f"{self._server} was lost before the letter: {_said(error)}.") from None
        if len(refused) == len(recipients):
            permanent = all(500 <= code < 600 for code in codes)
            why = "; ".join(f"{address}: {why}" for address, why in refused.items())
            raise NotSent(f"{self._server} took no recipient: {why}.", permanent=permanent, refused=refused)
        return refused

    def content(self, letter: bytes) -> None:
        """The letter itself. Raises NotSent, and PerhapsSent once its last byte is out of our hands."""
        smtp = self._smtp
        # A line that is only a dot ends a letter: one more dot before each that begins with one (RFC 5321).
        whole = re.sub(rb"(?m)^\.", b"..", letter) + (b"" if letter.endswith(b"\r\n") else b"\r\n") + b".\r\n"
        try:
            self._expect(smtp.docmd("DATA"), {354}, "would not take the letter")
            smtp.send(whole)
        except _TROUBLE as error:
            raise NotSent(f"{self._server} was lost in the middle of the letter: {_said(error)}.") from None
        try:
            answer = smtp.getreply()
        except _TROUBLE as error:
            raise PerhapsSent(
                f"{self._server} had the whole letter and gave no answer: {_said(error)}.",
                "Ask the customer, or look at the server, before it is sent again.",
            ) from None
        self._expect(answer, {250}, "did not take the letter")

    def goodbye(self) -> None:
        """Takes leave; the letter is taken already, whatever the server says now."""
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.docmd("QUIT")

    def close(self) -> None:
        """Lets go of the connection."""
        self._smtp.close()

    def _greet(self) -> None:
        code, said = self._smtp.ehlo()
        if not 200 <= code < 300:
            self._expect(self._smtp.helo() if self._settings.security == "none" else (code, said), {250}, "refused us")

    def _sign_in(self, user: str, password: str) -> None:
        """One try by one mechanism: servers lock out whoever tries again."""
        offered = self._smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in offered:
            answer = self._smtp.docmd("AUTH", f"PLAIN {_base64(chr(0).join(('', user, password)))}")
        elif "LOGIN" in offered:
            answer = self._smtp.docmd("AUTH", f"LOGIN {_base64(user)}")
            if answer[0] == 334:
                answer = self._smtp.docmd(_base64(password))
        else:
            raise NotSent(f"{self._server} offers no way to sign in that we know (PLAIN, LOGIN).")
        self._expect(answer, {235}, "refused user and password")

    def _expect(self, answer: tuple[int, bytes], wanted: set[int], what: str) -> None:
        code, said = answer
        if code not in wanted:
            raise NotSent(f"{self._server} {what}: {_answer(code, said)}.", permanent=500 <= code < 600)


_TROUBLE = (OSError, smtplib.SMTPException)


def _refuse_clear_password(settings: Smtp) -> None:
    if settings.security == "none" and settings.password is not None and not _is_here(settings.host):
        raise BadInput(
            "callout_policy.desk.smtp would send the password in the clear.",
            "Set security to starttls or tls; none is for this machine only.",
        )


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _context(settings: Smtp, folder: Path) -> ssl.SSLContext:
    file = folder / settings.ca_file if settings.ca_file else None
    try:
        context = ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise BadInput(f"callout_policy.desk.smtp.ca_file: {file} cannot be read.", f"{error.strerror}.") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _answer(code: int, said: bytes) -> str:
    return f"{code} {shown(b' '.join(said.split()), LONGEST_ANSWER)}".rstrip(".")


def _said(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, OSError) and error.strerror:
        return shown(error.strerror)
    return shown(str(error), LONGEST_ANSWER) or type(error).__name__
