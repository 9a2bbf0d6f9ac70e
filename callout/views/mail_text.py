"""Mails as text for a terminal: every word of them is somebody else's, and shown so that none of it moves a cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from access_check.escaping import shown
from callout.views.table import columns

if TYPE_CHECKING:
    from callout.desk.mail.seen import MailSeen

_LINE = 2000
_TITLES = ("number", "received", "verdict", "case", "from", "subject", "mail", "why")


def mail_line(body: dict[str, Any]) -> str:
    """One mail that was taken in, in a line."""
    where = body["case"] or "set aside"
    return f"{where}: {body['verdict']}, from {shown(body['sender'], 100) or '?'}: {shown(body['subject'], 80)!r}"


def mail_list(rows: Iterable[tuple[int, bool, dict[str, Any], str]]) -> Sequence[str]:
    """A table of mails: number, whether it waits for a person, what was received, and the case it belongs to now."""
    listed = [
        (str(number), body["received_at"][:16].replace("T", " "), body["verdict"],
         case or ("waits" if waits else "dropped"), shown(body["sender"], 40), shown(body["subject"], 40),
         body["mail"][:12], shown(body["why"], 100))
        for number, waits, body, case in rows
    ]  # fmt: skip
    return columns(_TITLES, listed)


def mail_page(body: dict[str, Any], seen: MailSeen | None, filed: str) -> str:
    """One mail: what it says of itself, what became of it, what is doubtful, its files, and its text.

    `seen` is the mail read from the shelf, None where only the ledger has it still.
    """
    text = seen.whole_text if seen else body["text"]
    rows = [
        ("From", f"{shown(seen.sender_name, 120)} <{body['sender']}>" if seen else body["sender"]),
        ("To", ", ".join(body["to"])),
        ("Subject", body["subject"]),
        ("Sent", body["sent_at"] or "it does not say when"),
        ("Received", f"{body['received_at']} by {body['source']}"),
        ("Message-ID", body["message_id"]),
        ("Verdict", f"{body['verdict']}: {body['why']}"),
        ("Case", body["case"]),
        ("Filed", filed),
        ("Mail", f"{body['mail']} ({body['bytes']} bytes)"),
        *(("Doubt", doubt) for doubt in body.get("doubts", [])),
        *((f"File {number}", _file(one)) for number, one in enumerate(body["attachments"], 1)),
    ]
    head = [f"{title + ':':12}{shown(str(said), _LINE)}" for title, said in rows if said]
    lines = [shown(line, _LINE) for line in text.split("\n")]
    return "\n".join([*head, "", *(f"  {line}" for line in lines)])


def _file(one: dict[str, Any]) -> str:
    flags = [word for word, holds in (("NOT KEPT", not one["kept"]), ("CAN RUN", one.get("can_run"))) if holds]
    return " ".join([f"{one['name']} ({one['type']}, {one['bytes']} bytes)", *flags])
