"""Pure: a report about a letter that did not arrive → which letter, to whom, and what was said (RFC 3464)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callout.desk.mail.charsets import one_line
from callout.desk.mail.headers import Headers, split_headers, without_bytes
from callout.desk.mail.structure import Part, Structure, content

_READ_BYTES = 64 * 1024
_MOST = 20
_BLOCK = re.compile(r"\n[ \t]*\n")
_NAMED = re.compile(r"(?i)^message-id:[ \t]*(?:\r?\n[ \t]+)?<([^<>\s]{3,250})>", re.MULTILINE)
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """One recipient as the report names it. `action` is failed, delayed, delivered, relayed, expanded, or empty."""

    recipient: str
    action: str
    status: str
    said: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says. Anybody can write one: it proves nothing, it is shown.

    `message_ids` are those of the letter that came back, as the report holds it; empty where it does not.
    """

    message_ids: tuple[str, ...]
    recipients: tuple[Undelivered, ...]

    @property
    def failed(self) -> bool:
        """False for reports that are about success or delay only."""
        return not self.recipients or any(one.action in ("failed", "") for one in self.recipients)


def bounce_of(raw: bytes, mail: Structure, return_path: str | None, senders: tuple[str, ...]) -> Bounce | None:
    """The report that this mail is; None for one that is none.

    It is one by its type (multipart/report, delivery-status), or because a mail system sent it without a return
    path or names letters that failed (X-Failed-Recipients).
    """
    about = mail.parameters.get("report-type", "delivery-status").lower()
    is_report = mail.kind == "multipart/report" and about == "delivery-status"
    failed = mail.headers.first("x-failed-recipients")
    by_daemon = return_path == "" and any(_DAEMON.match(sender) for sender in senders)
    if not (is_report or failed or by_daemon):
        return None
    recipients: list[Undelivered] = []
    named: list[str] = []
    for part in mail.parts:
        if part.kind in ("message/delivery-status", "message/global-delivery-status"):
            recipients += _recipients(_text(raw, part))
        elif part.kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            data = b"".join(content(raw, part, _READ_BYTES))
            headers, _ = split_headers(data, 0, len(data), is_part=True)
            named += headers.identifiers("message-id")
        elif not named and part.kind == "text/plain":
            named += _NAMED.findall(_text(raw, part))
    if not recipients and failed:
        recipients = [Undelivered(one_line(without_bytes(failed), 254), "failed", "", "")]
    return Bounce(tuple(dict.fromkeys(named))[:_MOST], tuple(recipients[:_MOST]))


def _recipients(text: str) -> list[Undelivered]:
    """The groups of a delivery status but the first, which is about the mail system."""
    found = []
    for block in _BLOCK.split(text)[: 4 * _MOST]:
        data = block.strip().encode("utf-8", "surrogateescape")
        headers, _ = split_headers(data, 0, len(data), is_part=True)
        whom = _behind_type(headers, "final-recipient") or _behind_type(headers, "original-recipient")
        if whom:
            action, status = headers.text("action", 20).lower(), headers.text("status", 20)
            found.append(Undelivered(whom, action, status, _behind_type(headers, "diagnostic-code")))
    return found


def _behind_type(headers: Headers, name: str) -> str:
    """`rfc822; a@b.example` → the address."""
    value = headers.first(name)
    return one_line(without_bytes(value.partition(";")[2] or value), 300)


def _text(raw: bytes, part: Part) -> str:
    data = b"".join(content(raw, part, _READ_BYTES))
    return data.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
