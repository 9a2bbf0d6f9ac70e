"""`callout case`: the support desk. A customer's matter from the first word to one of the five outcomes.

Each file of verbs has `register(app)`, which adds them to the group.
"""

from __future__ import annotations

from callout.cli import case_change, case_clock, case_end, case_escalate, case_letter, case_open, case_read, case_talk
from callout.cli.shared import new_app

app = new_app("Cases of the support desk: what was asked, who has the move, until when, and how it ended.")

for verbs in (case_open, case_read, case_talk, case_clock, case_change, case_escalate, case_end, case_letter):
    verbs.register(app)
