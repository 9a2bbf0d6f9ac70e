"""How letters and mails of one case find each other: names of messages, and the words of subject lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from callout.desk.letter_kinds import LetterKind
from callout.ledger.event import Event

# RFC 5322, without what only old programs wrote; hostile until it fits.
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")
# What programs put before a subject when they answer or forward.
_ANSWERED = re.compile(r"(?i)^\s*((re|aw|antw|sv|fw|fwd|wg)(\[\d+\])?\s*:|\[CS-\d{6,}\])\s*")
MOST_REFERENCES = 20
LONGEST_SUBJECT = 200


def message_id(case: str, kind: LetterKind, event: str, domain: str) -> str:
    """The name of the letter of that kind about that event: always the same, however often it is written or sent.

    Whoever gets it twice can tell by this name. `case` is empty where there is none.
    """
    return f"<{case or 'mail'}.{kind}.{event}@{domain}>"


def references_of(events: Iterable[Event]) -> tuple[str, ...]:
    """The messages that a new letter of a case follows, the oldest first: the customer's mails, and letters sent.

    At most twenty: the first and the last ones (RFC 5322 lets the middle go).
    """
    ordered = sorted(events, key=lambda event: (event.at, event.seq))
    sent = {event.body["letter"] for event in ordered if event.kind == "letter_sent"}
    found: dict[str, None] = {}
    for event in ordered:
        body = event.body
        if event.kind == "mail_received":
            said = [*reversed(body.get("references", ())), body.get("message_id", "")]  # kept the nearest first
        elif event.kind == "letter_written" and event.id in sent:
            said = [body.get("message_id", "")]
        else:
            continue
        for one in said:
            name = f"<{one.strip('<>')}>" if isinstance(one, str) else ""  # a mail's are kept without their brackets
            if _MESSAGE_ID.fullmatch(name):
                found.setdefault(name)
    names = tuple(found)
    return names if len(names) <= MOST_REFERENCES else (names[0], *names[1 - MOST_REFERENCES :])


def subject_of(case: str, subject: str, otherwise: str) -> str:
    """The same for all letters of a case, so that mail programs keep them together; `otherwise` where it has none.

    What answering has put before the subject is gone, a foreign case's number, too; one line, bounded.
    """
    plain = " ".join("".join(one if one.isprintable() else " " for one in subject).split())
    while (cut := _ANSWERED.sub("", plain, count=1)) != plain:
        plain = cut
    return f"[{case}] {(plain or otherwise)[:LONGEST_SUBJECT]}" if case else otherwise
