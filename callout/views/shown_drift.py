"""A drift finding that stands on a bill or an invoice as evidence, as one sentence in the customer's language."""

from __future__ import annotations

import datetime as dt

from babel import Locale
from babel.dates import format_date

from callout.views.words import LABELS, words_of
from callout.worklog.shown_drift import ShownDrift


def drift_sentence(one: ShownDrift, locale: Locale) -> str:
    """What was changed, where, and between which two looks. Not escaped for any form.

    One that the ledger does not have, or not whole, is told in English as it is: it is on no bill that is sent.
    """
    labels = LABELS[words_of(locale)]
    if not (one.since and one.until and one.what in labels):
        return one.sentence
    since, until = (_day(one.since, locale), _day(one.until, locale))
    return str(
        labels["finding"].format(
            finding=one.finding,
            section=one.section,
            subject=one.subject,
            what=labels[one.what],
            since=since,
            until=until,
        )
    )


def _day(written: str, locale: Locale) -> str:
    try:
        return str(format_date(dt.date.fromisoformat(written), "medium", locale=locale))
    except ValueError:
        return written
