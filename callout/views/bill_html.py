"""A bill as a page for the customer: their language's numbers and dates, printable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from callout.views.bill_text import quantity
from callout.views.numbers import clock_time, hours_minutes
from callout.views.page import render_page
from callout.views.shown_drift import drift_sentence
from callout.views.words import LABELS, RULES, locale_of, policy_words, rounding_sentence, words_of
from callout.worklog.bill import OPEN_STATES, Balance, Bill, BillLine, ExpenseLine, FixedItem
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
        expenses=[_expense(line, bill, locale, words) for line in bill.expenses],
        fixed=[_fixed(item, bill, locale, words) for item in bill.fixed],
        balances=[_balance(balance, bill, locale, words) for balance in bill.balances],
        policy=policy_words(bill, words),
        worked=clock_time(bill.raw_seconds),
        billed=hours_minutes(bill.billed_minutes),
        total=_money(bill.total, bill, locale),
        known=_money(bill.known, bill, locale),
    )


def _line(line: BillLine, bill: Bill, locale: Locale, words: str) -> dict[str, Any]:
    entry, labels = line.entry, LABELS[words]
    zone = ZoneInfo(bill.time_zone)
    begun, ended = line.started_at.astimezone(zone), line.ended_at.astimezone(zone)
    worth = _money(line.original_amount, bill, locale)
    return {
        "date": format_date(line.date, "medium", locale=locale),
        "hours": _hours(begun, ended, locale) if entry.clock_known else "",
        "callout": entry.event.callout,
        "ticket": entry.ticket,
        "system": entry.event.system,
        "source": labels["run" if entry.source is Source.PLAYBOOK else "person"],
        "note": entry.note,
        "worked": clock_time(line.seconds),
        "deducted": f"{clock_time(line.deducted_seconds)} {labels['deducted']}" if line.deducted_seconds else "",
        "billed": hours_minutes(line.billed_minutes),
        "rate": _money(line.rate, bill, locale, exact=True) if str(line.charge) == "yes" else "",
        "band": f"{labels[line.band.name]} × {line.band.factor}" if line.band.factor != 1 else "",
        "let_off": f"{hours_minutes(line.deducted_minutes)} {labels['let off']}" if line.deducted_minutes else "",
        "written_off": _written_off(line, bill, locale, labels),
        "paid_by": f"{labels['paid by']} {line.paid_by}" if line.paid_by else "",
        "worth": f"{labels['worth']} {worth}" if line.paid_by and worth else "",
        "override": _override(line, labels),
        "amount": _money(line.amount, bill, locale) or labels[line.state],
        "open": line.state in OPEN_STATES,
        "charged": str(line.charge),
        "why": RULES[words][line.verdict.rule],
        "drift": [drift_sentence(one, locale) for one in line.drift],
        "evidence": [identifier[:8] for identifier in line.verdict.evidence] or [entry.event.id[:8]],
    }


def _written_off(line: BillLine | ExpenseLine, bill: Bill, locale: Locale, labels: Mapping[str, str]) -> str:
    """What is not asked for of the line's amount, and of how much; our reason for it is internal."""
    if not line.written_off or line.amount is None:
        return ""
    asked = _money(line.amount + line.written_off, bill, locale)
    return labels["written off"].format(off=_money(line.written_off, bill, locale), asked=asked)


def _hours(begun: dt.datetime, ended: dt.datetime, locale: Locale) -> str:
    return f"{format_time(begun, 'short', locale=locale)}–{format_time(ended, 'short', locale=locale)}"


def _override(line: BillLine, labels: Mapping[str, str]) -> str:
    if line.override is None:
        return ""
    return f"{labels['judged ' + str(line.override.charge)]}: {line.override.reason}"


def _expense(line: ExpenseLine, bill: Bill, locale: Locale, words: str) -> dict[str, Any]:
    labels = LABELS[words]
    return {
        "date": format_date(line.date, "medium", locale=locale),
        "what": labels.get(f"expense {line.expense}", line.expense),
        "note": line.note,
        "ticket": line.ticket,
        "callout": line.callout,
        "written_off": _written_off(line, bill, locale, labels),
        "amount": _money(line.amount, bill, locale) or labels[line.state],
        "open": line.state in OPEN_STATES,
    }


def _fixed(item: FixedItem, bill: Bill, locale: Locale, words: str) -> dict[str, Any]:
    return {
        "date": format_date(item.date, "medium", locale=locale),
        "contract": item.contract,
        "kind": LABELS[words][item.kind],
        "text": item.callout or item.ticket,
        "amount": _money(item.amount, bill, locale),
    }


def _balance(balance: Balance, bill: Bill, locale: Locale, words: str) -> dict[str, Any]:
    labels = LABELS[words]
    figures = {
        name: quantity(getattr(balance, name), balance)
        if balance.unit == "minutes"
        else _money(getattr(balance, name), bill, locale)
        for name in ("bought", "used_before", "used_now", "expired", "left")
    }
    ends = format_date(balance.ends, "medium", locale=locale) if balance.ends else ""
    warning = {"": "", "100": labels["used up"]}.get(balance.warning, labels["used to"].format(percent=balance.warning))
    return {"contract": balance.contract, "kind": labels[balance.kind], "ends": ends, "warning": warning, **figures}


def _money(amount: Decimal | None, bill: Bill, locale: Locale, *, exact: bool = False) -> str:
    """The amount as the locale writes it; a rate is shown with all the digits it has. Empty for None."""
    if amount is None:
        return ""
    exponent = amount.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 0
    if exact and digits > bill.decimals:
        return str(format_currency(amount, bill.currency, locale=locale, decimal_quantization=False))
    return str(format_currency(amount, bill.currency, locale=locale))
