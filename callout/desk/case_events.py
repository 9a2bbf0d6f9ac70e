"""A case's events → the case. Pure: the same events give the same case, in whatever order they are handed over.

Which moment counts. Events say when something happened (`at`) and when we were told (`recorded_at`). Nobody tells what
has not happened yet: an `at` more than five minutes after `recorded_at` counts as `recorded_at`. Nothing happens to a
case before it was opened: an `at` before that counts as `recorded_at`, or as the opening where that, too, is before it.
Either is said in `Case.doubts`, as are moments of recording that run backwards in the ledger. What was told long after
it happened counts when it happened, and is said in `Case.told_late`.
"""

from __future__ import annotations

from collections.abc import Iterable

from callout.desk.case import Case
from callout.ledger.event import Event

# The kinds that a case is made of; others are left alone.
CASE_KINDS = frozenset(
    {
        "case_opened", "case_heard", "case_told", "case_paused", "case_resumed", "case_changed", "case_deadline_set",
        "case_justified", "case_escalated", "case_acknowledged", "case_linked", "case_judged", "case_ended",
        "case_reopened", "opened", "patch_announced", "quoted",
    }
)  # fmt: skip


def case_of(events: Iterable[Event]) -> Case:
    """The case that these events tell: those of one case, in any order, each once or more often.

    Raises BadInput where none of them opens a case, or they belong to several; CalloutError naming an event that is
    not whole.
    """
    raise NotImplementedError
