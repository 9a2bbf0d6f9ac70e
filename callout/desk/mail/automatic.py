"""Pure: was this mail written by a person? Answering what a program sends goes round for ever (RFC 3834)."""

from __future__ import annotations

import re

from callout.desk.mail.headers import Headers

_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
# Headers that answering machines set, whatever is in them.
_MACHINES = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-mail-autoreply", "x-auto-reply")
_LISTS = ("list-id", "list-post", "x-mailing-list", "mailing-list")
_ABSENT = re.compile(
    r"^(?:auto(?:matic|matisch)?e?[ -]?(?:reply|response|antwort)|out of (?:the )?office"
    r"|abwesenheits(?:notiz|meldung)|abwesend)\b",
    re.IGNORECASE,
)


def automatic(headers: Headers, subject: str, return_path: str | None) -> str:
    """Why the mail counts as sent by a program, as the end of a sentence; empty where a person seems to write."""
    submitted = headers.first("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    if submitted and submitted != "no":
        return "it says that it was submitted automatically (Auto-Submitted)"
    precedence = headers.first("precedence").strip().lower()
    if precedence in _BULK:
        return "it says that it is bulk mail (Precedence)"
    for name in (*_MACHINES, "x-loop"):
        if headers.all(name):
            return f"it has the mark of an answering machine or a loop ({name.title()})"
    for name in _LISTS:
        if headers.all(name):
            return f"it came by a mailing list ({name.title()})"
    if return_path == "":
        return "it has no return path: nobody can be answered"
    if _ABSENT.match(subject):
        return "its subject is that of an answering machine"
    return ""
