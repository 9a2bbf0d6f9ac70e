"""Pure: an e-mail's bytes → `MailSeen`, whatever they are: it never raises, and it takes time with their length.

Measured bounds: under a second and 128 MB for every malformed mail of `tests/faults/test_mail_faults.py`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from callout.desk.mail import limits
from callout.desk.mail.addresses import Addresses, Mailbox, addresses_in, canonical_address, names_another, shown_domain
from callout.desk.mail.attachments import Attachment, attachments_of
from callout.desk.mail.automatic import automatic
from callout.desk.mail.bounce import Bounce, bounce_of
from callout.desk.mail.charsets import cleaned, decoded, known_charset, one_line
from callout.desk.mail.headers import Headers, decoded_words
from callout.desk.mail.html_text import html_text
from callout.desk.mail.limits import AttachmentLimits
from callout.desk.mail.quoting import without_quotes
from callout.desk.mail.structure import Part, Structure, content, structure_of

_READ = ("text/plain", "text/html")
# A plain part much shorter than the page beside it says "your program cannot show this".
_SHORT = 300
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_FAILED = re.compile(r"\b(dmarc|spf|dkim)\s{0,3}=\s{0,3}(?:fail|softfail|permerror)\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_SAYS = re.compile(rb"[^\s\0]")
_MBOX_QUOTE = re.compile(r"^>+(?=From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MailSeen:
    """What was seen in a mail; all texts cleaned and bounded, and hostile all the same: escape them where they go.

    `sha256` and `size_bytes` are of the raw mail. `sender` is the one address in From, as `canonical_address` writes
    it; empty where there is none, or several. `return_path` is empty for `<>` and None where nobody wrote one.
    `references` are message ids, the nearest first. `sent_at` is what the sender says, `passed_at` what the last
    mail server says; None where that cannot be read. `text` is without what is quoted, `whole_text` with it.
    `automatic` says why it counts as a program's mail, `unreadable` why it is no mail; both empty where it is not.
    `twin` is equal for two copies of one mail that took different ways; empty where nothing tells it from a repetition.
    """

    sha256: str
    size_bytes: int
    message_id: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    return_path: str | None
    to: tuple[str, ...]
    subject: str
    sent_at: dt.datetime | None
    passed_at: dt.datetime | None
    text: str
    whole_text: str
    attachments: tuple[Attachment, ...]
    automatic: str
    bounce: Bounce | None
    unreadable: str
    doubts: tuple[str, ...]
    twin: str


def read_mail(raw: bytes, bounds: AttachmentLimits | None = None) -> MailSeen:
    """What is in a mail of these bytes."""
    mail = structure_of(raw)
    headers, doubts = mail.headers, mail.doubts
    senders = _senders(headers, doubts)
    return_path = _return_path(headers)
    subject = headers.text("subject", limits.SUBJECT_CHARACTERS)
    shown, files = _shown_and_files(mail)
    whole = _text(raw, mail, shown, doubts)
    attachments = attachments_of(raw, files, bounds or AttachmentLimits())
    if len(attachments) < len(files):
        doubts.append(f"it has {len(files)} attachments, of which {len(attachments)} are listed")
    sender = senders[0] if len(senders) == 1 else Mailbox("", "")
    _doubts_about_sender(sender, return_path, headers, doubts)
    message_id = next(iter(headers.identifiers("message-id")), "")
    sent_at = _moment(headers.first("date"))
    receipt = "it is a receipt that a program sent" if mail.kind == "multipart/report" else ""
    return MailSeen(
        sha256=hashlib.sha256(raw).hexdigest(),
        size_bytes=len(raw),
        message_id=message_id,
        references=_references(headers),
        sender=sender.address,
        sender_name=sender.name,
        return_path=return_path,
        to=_recipients(headers),
        subject=subject,
        sent_at=sent_at,
        passed_at=_moment(headers.first("received").rpartition(";")[2]),
        text=without_quotes(whole)[: limits.TEXT_CHARACTERS],
        whole_text=whole,
        attachments=tuple(attachments),
        automatic=automatic(headers, subject, return_path) or receipt,
        bounce=bounce_of(raw, mail, return_path, tuple(one.address for one in senders)),
        unreadable=_unreadable(raw, headers),
        doubts=tuple(dict.fromkeys(doubts))[: limits.DOUBTS],
        twin=_twin(message_id, sender.address, sent_at, subject, whole, attachments),
    )


def _senders(headers: Headers, doubts: list[str]) -> tuple[Mailbox, ...]:
    """Everybody in From, nobody twice. Where that is not one clear address nobody is believed to be the sender."""
    fields = headers.all("from")
    read = [addresses_in(field) for field in fields]
    found = tuple({one.address: one for each in read for one in each.mailboxes}.values())
    if len(fields) > 1:
        doubts.append("it has more than one From")
    if not all(each.is_clear for each in read):
        said = one_line(decoded_words(" ".join(fields)), limits.NAME_CHARACTERS)
        doubts.append(f"its From cannot be read as one address: {said}")
    elif len(found) > 1:
        doubts.append(f"it has {len(found)} senders: {', '.join(one.address for one in found[:3])}")
    if len(fields) > 1 or not all(each.is_clear for each in read):
        return tuple(found) if len(found) > 1 else ()
    return found


def _doubts_about_sender(sender: Mailbox, return_path: str | None, headers: Headers, doubts: list[str]) -> None:
    if names_another(sender):
        doubts.append("the name of its sender shows another address than the one that it has")
    if other := shown_domain(sender.address):
        doubts.append(f"its sender's domain is written in other letters: {other}")
    if return_path and sender.address and _domain(return_path) != _domain(sender.address):
        doubts.append(f"its return path is at {_domain(return_path)}, not where its sender is")
    answers = {one.address for one in addresses_in(headers.first("reply-to")).mailboxes} - {sender.address}
    if sender.address and any(_domain(one) != _domain(sender.address) for one in answers):
        doubts.append(f"it wants its answer elsewhere: {min(answers)}")
    if failed := sorted({found.lower() for found in _FAILED.findall(headers.first("authentication-results"))}):
        doubts.append(f"our mail server could not tell that it comes from there ({', '.join(failed)})")


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _return_path(headers: Headers) -> str | None:
    if not headers.all("return-path"):
        return None
    said = headers.first("return-path").strip()
    return "" if said in ("<>", "") else canonical_address(said.strip("<>")) or "unreadable"


def _references(headers: Headers) -> tuple[str, ...]:
    """In-Reply-To, then References from the last back to the first."""
    found = [*headers.identifiers("in-reply-to")[:5], *reversed(headers.identifiers("references"))]
    return tuple(dict.fromkeys(found))[: limits.REFERENCES]


def _recipients(headers: Headers) -> tuple[str, ...]:
    read: list[Addresses] = [addresses_in(field) for name in ("to", "cc") for field in headers.all(name)[:5]]
    return tuple(dict.fromkeys(one.address for each in read for one in each.mailboxes))[: limits.RECIPIENTS]


def _shown_and_files(mail: Structure) -> tuple[list[Part], list[tuple[int, Part]]]:
    """The parts that are read as the mail's text, and those that are files, with their places."""
    shown: list[Part] = []
    files: list[tuple[int, Part]] = []
    for place, part in enumerate(mail.parts):
        if part.kind in _READ and part.disposition != "attachment" and not part.name:
            shown.append(part)
        elif not part.kind.startswith("message/") or part.kind == "message/rfc822" or part.name:
            files.append((place, part))
    return shown, files


def _text(raw: bytes, mail: Structure, shown: list[Part], doubts: list[str]) -> str:
    """The plain parts; where they say nothing, or next to nothing, the pages beside them."""
    plain = _part_texts(raw, [part for part in shown if part.kind == "text/plain"], limits.TEXT_BYTES, doubts)
    pages = [part for part in shown if part.kind == "text/html"]
    if pages and len(plain) < _SHORT:
        page, is_hiding = html_text(_part_texts(raw, pages, limits.HTML_CHARACTERS, doubts))
        if len(page) > 3 * len(plain):
            if is_hiding:
                doubts.append("its page has text that nobody sees; that was left out")
            if plain:
                doubts.append("its plain text says less than its page, which is shown")
            plain = page
    if len(plain) > limits.WHOLE_CHARACTERS:
        doubts.append("its text is longer than is read")
    return plain[: limits.WHOLE_CHARACTERS]


def _part_texts(raw: bytes, parts: list[Part], most_bytes: int, doubts: list[str]) -> str:
    """The parts' texts one below the other, out of so many undecoded bytes in all."""
    said = []
    for part in parts:
        if part.end - part.start > most_bytes:
            doubts.append("its text is longer than is read")
        if most_bytes <= 0:
            break
        said.append(_part_text(raw, part, most_bytes, doubts))
        most_bytes -= part.end - part.start
    return "\n".join(said).strip()


def _part_text(raw: bytes, part: Part, most_bytes: int, doubts: list[str]) -> str:
    data = b"".join(content(raw, part, most_bytes))
    charset = part.parameters.get("charset", "")
    text, is_sure = decoded(data, charset)
    if not is_sure:
        known = known_charset(charset)
        doubts.append("its letters are not in the charset that it names" if known else "its charset is not known")
    return text


def _moment(said: str) -> dt.datetime | None:
    """A date of RFC 5322; one that says no zone is read as UTC."""
    said = cleaned(said.strip()[:100])
    if not said:
        return None
    try:
        found = parsedate_to_datetime(said)
        moment = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        moment = moment.astimezone(dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _unreadable(raw: bytes, headers: Headers) -> str:
    if _SAYS.search(raw) is None:
        return "it is empty"
    if not any(headers.all(name) for name in ("from", "received", "message-id", "subject", "date")):
        return "it has no header of a mail"
    return ""


def _twin(
    message_id: str, sender: str, sent_at: dt.datetime | None, subject: str, text: str, files: list[Attachment]
) -> str:
    """SHA-256 over who says when that this was written, and what: equal for copies that took different ways.

    Without a message id and a date nothing tells a copy from the same words said again.
    """
    if not (message_id or sent_at):
        return ""
    words = _SPACES.sub(" ", _MBOX_QUOTE.sub("", text)).strip()
    said = (message_id, sender, sent_at.isoformat() if sent_at else "", subject, words, *(one.sha256 for one in files))
    return hashlib.sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()
