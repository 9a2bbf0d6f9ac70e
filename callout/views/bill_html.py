"""A bill as a page for the customer: their language's numbers and dates, printable."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from callout.views.numbers import clock_time, hours_minutes
from callout.views.page import render_page
from callout.views.words import LABELS, RULES, locale_of, rounding_sentence, words_of
from callout.worklog.bill import Bill, BillLine, LineState, SumLine
from callout.worklog.entry import Source


def bill_html(bill: Bill) -> str:
    """The whole page; no script, no link to elsewhere. Warnings stand in a box that is not printed."""
    locale = locale_of(bill.language)
    words = words_of(locale)
    labels = LABELS[words]
    return render_page(
        "bill.html",
        language=str(locale).replace("_", "-"),
        labels=labels,
        bill=bill,
        contract=labels.get(bill.contract, bill.contract),
        month=format_date(dt.date(bill.month.year, bill.month.number, 1), "LLLL yyyy", locale=locale),
        zone=labels["zone"].format(zone=bill.time_zone),
        rounding=rounding_sentence(bill.rounding, words),
        lines=[_line(line, bill, locale, words) for line in bill.lines],
        sums=[_sum(line, bill, locale, words) for line in bill.sums],
        worked=clock_time(bill.raw_seconds),
        billed=hours_minutes(bill.billed_minutes),
        total=_money(bill.total, bill, locale),
        known=_money(bill.known, bill, locale),
    )


def _line(line: BillLine, bill: Bill, locale: Locale, words: str) -> dict[str, Any]:
    entry, labels = line.entry, LABELS[words]
    zone = ZoneInfo(bill.time_zone)
    begun, ended = entry.started_at.astimezone(zone), entry.ended_at.astimezone(zone)
    return {
        "date": format_date(line.date, "medium", locale=locale),
        "from": format_time(begun, "short", locale=locale),
        "to": format_time(ended, "short", locale=locale),
        "callout": entry.event.callout,
        "ticket": entry.ticket,
        "system": entry.event.system,
        "source": labels["run" if entry.source is Source.PLAYBOOK else "person"],
        "note": entry.note,
        "worked": clock_time(entry.seconds),
        "deducted": f"{clock_time(line.deducted_seconds)} {labels['deducted']}" if line.deducted_seconds else "",
        "billed": hours_minutes(line.billed_minutes),
        "rate": _money(line.rate, bill, locale, exact=True) if str(line.verdict.charge) == "yes" else "",
        "amount": _money(line.amount, bill, locale) or labels[line.state],
        "open": line.state in (LineState.RATE_UNKNOWN, LineState.UNDECIDED),
        "charged": str(line.verdict.charge),
        "why": RULES[words][line.verdict.rule],
        "evidence": [identifier[:8] for identifier in line.verdict.evidence] or [entry.event.id[:8]],
    }


def _sum(line: SumLine, bill: Bill, locale: Locale, words: str) -> dict[str, Any]:
    labels = LABELS[words]
    return {
        "role": line.role,
        "worked": clock_time(line.seconds),
        "billed": hours_minutes(line.billed_minutes),
        "rate": _money(line.rate, bill, locale, exact=True),
        "amount": _money(line.amount, bill, locale) or labels[line.state],
    }


def _money(amount: Decimal | None, bill: Bill, locale: Locale, *, exact: bool = False) -> str:
    """The amount as the locale writes it; a rate is shown with all the digits it has. Empty for None."""
    if amount is None:
        return ""
    exponent = amount.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 0
    if exact and digits > bill.decimals:
        return str(format_currency(amount, bill.currency, locale=locale, decimal_quantization=False))
    return str(format_currency(amount, bill.currency, locale=locale))
