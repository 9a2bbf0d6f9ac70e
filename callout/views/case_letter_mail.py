"""A letter about a case as a whole message: text and HTML in one, heads that thread, and none that anybody smuggles in.

Pure, and the same bytes for the same letter: nothing is left to chance or to this machine's name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from callout.desk.letter_kinds import ANSWERS_BY_ITSELF, WORDS_OF_A_PERSON
from callout.errors import BadInput
from callout.programs import printable
from callout.views.case_letter import CaseLetter
from callout.views.case_letter_forms import case_letter_html, case_letter_text

LONGEST_NAME = 120
_NAME = re.compile(r"<[!-;=?-~]{1,300}>")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the letter. `sender` is our address; addresses are plain (`sendable`). `date` is aware.

    `references` are the messages that it follows, the last one is answered.
    """

    sender: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    subject: str
    message_id: str
    references: tuple[str, ...]
    date: dt.datetime


def letter_mail(letter: CaseLetter, head: Head) -> bytes:
    """The message as it is sent: CRLF, 7 bits, each line short enough for any server.

    It says of itself that a program sends it (RFC 3834), so that no other program answers; of a person's words it does
    not. It is no list's. Raises BadInput for an address or a message's name that is none.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(head.sender, printable(letter.vendor)[:LONGEST_NAME])
    message["To"] = [_address(one) for one in head.to]
    if head.copies:
        message["Cc"] = [_address(one) for one in head.copies]
    message["Subject"] = printable(head.subject)
    message["Date"] = format_datetime(head.date)
    if letter.kind not in WORDS_OF_A_PERSON:
        answer = letter.kind in ANSWERS_BY_ITSELF
        message["Auto-Submitted"] = "auto-replied" if answer else "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    message.set_content(case_letter_text(letter), cte="quoted-printable")
    message.add_alternative(case_letter_html(letter), subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language  # behind the contents: they would take it away
    # In quoted-printable no line of a letter can hold this: `=` is followed by two figures there.
    message.set_boundary(f"=_{hashlib.sha256(head.message_id.encode()).hexdigest()[:40]}")
    # Written by hand: the library breaks long names of messages, and then nothing threads.
    return b"".join(f"{line}\r\n".encode("ascii") for line in _thread(head)) + message.as_bytes()


def _thread(head: Head) -> Iterator[str]:
    yield f"Message-ID: {_one_name(head.message_id)}"
    if head.references:
        yield f"In-Reply-To: {_one_name(head.references[-1])}"
        yield "References: " + "\r\n ".join(_names(head.references))


def _names(names: Sequence[str]) -> list[str]:
    return [_one_name(name) for name in names]


def _one_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadInput(f"{printable(name)[:80]!r} is no name of a message.", "Write the letter again.")
    return name


def _address(address: str, name: str = "") -> Address:
    try:
        return Address(display_name=name, addr_spec=address)
    except (ValueError, IndexError) as error:  # the library's parser says either of a hostile address
        raise BadInput(f"{printable(address)[:80]!r} is no address: {error}.", "Correct it in the inventory.") from None
