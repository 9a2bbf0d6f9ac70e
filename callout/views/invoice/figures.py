"""Amounts, quantities and dates as the invoice's language writes them. Nothing is rounded for show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from callout.programs import printable
from callout.views.invoice.words import speech

LONGEST_NAME, LONGEST_NOTE = 200, 1000
DIGITS = 60
EVERYTHING = "#,##0." + "#" * 30


@dataclass(frozen=True, slots=True)
class Figures:
    """How one invoice's figures are written: in `currency`, by `locale`, with the words of `labels`."""

    locale: Locale
    labels: Mapping[str, str]
    currency: str

    @classmethod
    def of(cls, language: str, currency: str) -> Figures:
        """The figures of a language, like de_AT."""
        locale, labels = speech(language)
        return cls(locale, labels, currency)

    def amount(self, amount: Decimal) -> str:
        """With the currency's decimals and no sign: for columns that say the currency above."""
        decimals = int(get_currency_precision(self.currency))
        return self._decimal(amount, "#,##0" + ("." + "0" * decimals if decimals else ""))

    def money(self, amount: Decimal) -> str:
        """With the currency's sign; a price that has more decimals than the currency is shown with all of them."""
        exponent = amount.normalize().as_tuple().exponent
        exact = isinstance(exponent, int) and -exponent > get_currency_precision(self.currency)
        with localcontext() as context:
            context.prec = DIGITS
            told = format_currency(amount, self.currency, locale=self.locale, decimal_quantization=not exact)
        return printable(told)

    def quantity(self, quantity: Decimal) -> str:
        """With all the decimals that it has."""
        return self._decimal(quantity, EVERYTHING)

    def percent(self, rate: Decimal) -> str:
        """A rate in percent, with all the decimals that it has."""
        with localcontext() as context:
            context.prec = DIGITS
            return printable(format_percent(rate / 100, locale=self.locale, decimal_quantization=False))

    def date(self, date: dt.date) -> str:
        """The date with all four digits of the year."""
        return printable(format_date(date, "medium", locale=self.locale))

    def period(self, first: dt.date, last: dt.date) -> str:
        """Both days; the one that they are, or the month."""
        if first == last:
            return self.date(first)
        following = last + dt.timedelta(days=1) if last < dt.date.max else last
        if (first.year, first.month, first.day, following.day) == (last.year, last.month, 1, 1):
            return printable(format_date(first, "LLLL y", locale=self.locale))
        return self.labels["from to"].format(first=self.date(first), last=self.date(last))

    def balance(self, amount: Decimal, unit: str) -> str:
        """So much of a contract: hours, or money of whatever currency the contract is in."""
        if unit == "hours":
            return self.labels["hours"].format(amount=self.quantity(amount))
        return f"{self.quantity(amount)} {said(unit)}"

    def _decimal(self, number: Decimal, pattern: str) -> str:
        with localcontext() as context:
            context.prec = DIGITS
            return printable(format_decimal(number if number else abs(number), format=pattern, locale=self.locale))


def said(text: str, limit: int = LONGEST_NAME) -> str:
    """Somebody's text on one line, bounded, without anything that moves a cursor or turns the direction of reading."""
    shorter = text if len(text) <= limit else text[: limit - 1] + "…"
    return printable(shorter)


def paragraphs(text: str, limit: int = LONGEST_NOTE) -> tuple[str, ...]:
    """Somebody's longer text, line by line, bounded, each as `said`; empty lines are left out."""
    shorter = text if len(text) <= limit else text[: limit - 1] + "…"
    return tuple(line for line in map(printable, shorter.splitlines()) if line)
