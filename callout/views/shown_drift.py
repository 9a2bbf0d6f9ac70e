"""A drift finding that stands on a bill or an invoice as evidence, as one sentence in the customer's language."""

from __future__ import annotations

import datetime as dt

from babel import Locale
from babel.dates import format_date

from callout.drift.change import What
from callout.drift.look import Section
from callout.views.drift_words import SECTIONS, WHAT
from callout.views.words import LABELS, words_of
from callout.worklog.shown_drift import ShownDrift


def drift_sentence(one: ShownDrift, locale: Locale) -> str:
    """What was changed, where, and between which two looks. Not escaped for any form.

    One that the ledger does not have, or not whole, is told in English as it is: it is on no bill that is sent.
    """
    words = words_of(locale)
    try:
        section, what = SECTIONS[words][Section(one.section)][0], WHAT[words][What(one.what)]
        until = _day(one.until, locale)
        since = _day(one.since, locale) if one.since else ""
    except ValueError:
        return one.sentence
    told = {"section": section, "subject": one.subject, "what": what, "since": since, "until": until}
    label = "finding" if since else "finding before"
    return LABELS[words][label].format(finding=one.finding, **told)


def _day(written: str, locale: Locale) -> str:
    return str(format_date(dt.date.fromisoformat(written), "medium", locale=locale))
