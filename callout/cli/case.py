"""`callout case`: the support desk. A customer's matter from the first word to one of the five outcomes.

Each file of verbs has `register(app)`, which adds them to the group.
"""

from __future__ import annotations

from callout.cli import (
    case_bridge,
    case_change,
    case_clock,
    case_due,
    case_end,
    case_escalate,
    case_letter,
    case_mail,
    case_open,
    case_read,
    case_talk,
)
from callout.cli.shared import new_app

VERBS = (
    case_open, case_mail, case_read, case_talk, case_clock, case_due, case_change, case_escalate, case_letter, case_end,
    case_bridge,
)  # fmt: skip
app = new_app("Cases of the support desk: what was asked, who has the move, until when, and how it ended.")

for verbs in VERBS:
    verbs.register(app)
