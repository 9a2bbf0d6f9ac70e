"""Pure: the bodies of the events that a mail makes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from callout.desk.mail.judge import Judgement
from callout.desk.mail.seen import MailSeen
from callout.ledger.event import format_utc

NO_SUBJECT = "(no subject)"
NO_TEXT = "(no text)"


def received_body(
    seen: MailSeen, judgement: Judgement, case: str, received_at: dt.datetime, source: str
) -> dict[str, Any]:
    """`mail_received`. `case` is a number, `NEW:…` or empty; `twin` and `doubts` are those of `MailSeen`."""
    return {
        "case": case,
        "mail": seen.sha256,
        "bytes": seen.size_bytes,
        "message_id": seen.message_id,
        "references": list(seen.references),
        "sender": seen.sender,
        "to": list(seen.to),
        "subject": seen.subject,
        "sent_at": format_utc(seen.sent_at) if seen.sent_at else "",
        "received_at": format_utc(received_at),
        "verdict": str(judgement.verdict),
        "why": judgement.why,
        "text": seen.text,
        "attachments": [one.as_dict() for one in seen.attachments],
        "doubts": list(seen.doubts),
        "twin": seen.twin,
        "source": source,
    }


def heard_body(mail: str, case: str, sender: str, text: str) -> dict[str, Any]:
    """`case_heard`: a person of the customer's said something more."""
    return {
        "case": case, "channel": "email", "sender": sender, "text": text or NO_TEXT, "mail": mail, "answers": True,
    }  # fmt: skip


def opened_body(
    mail: str, case: str, sender: str, subject: str, text: str, entitlement: dict[str, Any], rules: dict[str, Any]
) -> dict[str, Any]:
    """`case_opened`. Nobody says by mail how urgent something is: it begins as normal, and a person changes that."""
    return {
        "case": case, "channel": "email", "sender": sender, "subject": subject or NO_SUBJECT, "text": text or NO_TEXT,
        "priority": "normal", "mode": "", "mail": mail, "entitlement": entitlement, "rules": rules, "ticket": "",
    }  # fmt: skip
