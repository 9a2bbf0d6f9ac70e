"""An invoice as finished words in its language: what text, page and PDF all tell. Whatever is in here is printable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callout.views.invoice.addresses import address_lines
from callout.views.invoice.figures import Figures, paragraphs, said
from callout.views.invoice.rows import Row, row_of
from callout.views.invoice.words import LABELS
from callout.worklog.invoice.document import Invoice, InvoiceType, TaxCategory, TaxSubtotal
from callout.worklog.invoice.parties import Party

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """One line below the table; `strong` is the one that counts."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One contract's balance."""

    contract: str
    bought: str
    before: str
    now: str
    left: str
    until: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All words of one invoice. `taxed_alike`: one tax for all, so that no line has to say it."""

    language: str
    labels: Mapping[str, str]
    title: str
    number: str
    date: str
    sender: str
    sender_lines: tuple[str, ...]
    recipient: tuple[str, ...]
    facts: Pairs
    lead: str
    amount_label: str
    taxed_alike: bool
    rows: tuple[Row, ...]
    sums: tuple[Sum, ...]
    reasons: tuple[str, ...]
    payment: tuple[str, ...]
    account: Pairs
    balances: tuple[BalanceRow, ...]
    notes: tuple[str, ...]
    contact: tuple[str, ...]
    legal: tuple[str, ...]


def sheet_of(invoice: Invoice, language: str = "") -> Sheet:
    """The invoice in `language` (a locale like de_AT), left out: in its own."""
    return _Writer(invoice, Figures.of(language or invoice.language, invoice.currency)).sheet()


@dataclass(frozen=True, slots=True)
class _Writer:
    invoice: Invoice
    figures: Figures

    def sheet(self) -> Sheet:
        invoice, figures, labels = self.invoice, self.figures, self.figures.labels
        seller = invoice.seller
        locale = figures.locale
        return Sheet(
            # The page's words and not its numbers say which language it is in.
            language=str(locale).replace("_", "-") if locale.language in LABELS else "en",
            labels=labels,
            title=labels[invoice.type],
            number=said(invoice.number),
            date=figures.date(invoice.issue_date),
            sender=said(seller.trading_name or seller.name),
            sender_lines=address_lines(seller.address, locale, country=self._abroad),
            recipient=self._recipient(),
            facts=self._facts(),
            lead=self._lead(),
            amount_label=labels["amount"].format(currency=invoice.currency),
            taxed_alike=len(invoice.taxes) == 1,
            rows=tuple(
                row_of(line, place, figures, invoice.period) for place, line in enumerate(invoice.lines, start=1)
            ),
            sums=self._sums(),
            reasons=tuple(dict.fromkeys(said(one.tax.reason) for one in invoice.taxes if one.tax.reason)),
            payment=self._payment(),
            account=self._account(),
            balances=self._balances(),
            notes=tuple(line for note in invoice.notes for line in paragraphs(note)),
            contact=_some(seller.contact.name, seller.contact.telephone, seller.contact.email),
            legal=self._legal(seller),
        )

    @property
    def _abroad(self) -> bool:
        """Between two countries both are named, as the post wants it."""
        return self.invoice.buyer.address.country != self.invoice.seller.address.country

    def _recipient(self) -> tuple[str, ...]:
        buyer = self.invoice.buyer
        lines = address_lines(buyer.address, self.figures.locale, country=self._abroad)
        return (*_some(buyer.name, buyer.trading_name, buyer.contact.name), *lines)

    def _facts(self) -> Pairs:
        invoice, figures, labels = self.invoice, self.figures, self.figures.labels
        period = figures.period(invoice.period.first, invoice.period.last) if invoice.period else ""
        if not period and invoice.delivery_date is not None:
            period = figures.date(invoice.delivery_date)
        told = (
            (labels[f"number {invoice.type}"], said(invoice.number)),
            (labels["date"], figures.date(invoice.issue_date)),
            (labels["period"], period),
            (labels["due"], figures.date(invoice.due_date) if invoice.due_date else ""),
            (labels["order"], said(invoice.order_reference)),
            (labels["your reference"], said(invoice.buyer_reference)),
            (labels["contract"], said(invoice.contract)),
            (labels["project"], said(invoice.project)),
            (labels["customer number"], said(invoice.buyer.identifier)),
            (labels["your vat"], said(invoice.buyer.vat_id)),
        )
        return tuple((name, value) for name, value in told if value)

    def _lead(self) -> str:
        if self.invoice.type is not InvoiceType.CREDIT_NOTE:
            return ""
        labels, named = self.figures.labels, []
        for one in self.invoice.preceding:
            date = self.figures.date(one.issue_date) if one.issue_date else ""
            named.append(labels["invoice of" if date else "invoice"].format(number=said(one.number), date=date))
        return labels["corrects"].format(invoices=labels["and"].join(named))

    def _adjustments(self) -> list[Sum]:
        labels = self.figures.labels
        return [
            Sum(
                f"{labels['charge' if one.charge else 'allowance']} {said(one.reason)}",
                self.figures.amount(one.amount if one.charge else -one.amount),
            )
            for one in self.invoice.adjustments
        ]

    def _sums(self) -> tuple[Sum, ...]:
        labels, totals = self.figures.labels, self.invoice.totals
        amount = self.figures.amount
        told = [Sum(labels["lines"], amount(totals.lines)), *self._adjustments()] if self.invoice.adjustments else []
        told.append(Sum(labels["net"], amount(totals.net)))
        told += [Sum(self._tax_label(one), amount(one.amount)) for one in self.invoice.taxes]
        if totals.paid or totals.rounding:
            told.append(Sum(labels["gross"], amount(totals.gross)))
        if totals.paid:
            told.append(Sum(labels["paid"], amount(-totals.paid)))
        if totals.rounding:
            told.append(Sum(labels["rounding"], amount(totals.rounding)))
        return (*told, Sum(labels[f"to pay {self.invoice.type}"], self.figures.money(totals.due), strong=True))

    def _tax_label(self, one: TaxSubtotal) -> str:
        rate = self.figures.percent(one.tax.rate) if one.tax.category is TaxCategory.STANDARD and one.tax.rate else ""
        taxable = self.figures.amount(one.taxable)
        return self.figures.labels[f"tax {one.tax.category}"].format(rate=rate, taxable=taxable)

    def _payment(self) -> tuple[str, ...]:
        invoice, labels = self.invoice, self.figures.labels
        if invoice.totals.due <= 0 and invoice.type is InvoiceType.INVOICE:
            return (labels["nothing to pay"], *paragraphs(invoice.payment_terms))
        key = f"pay by {invoice.type}" if invoice.due_date else f"pay {invoice.type}"
        sentence = labels[key].format(
            amount=self.figures.money(invoice.totals.due),
            date=self.figures.date(invoice.due_date) if invoice.due_date else "",
            number=said(invoice.payment.reference or invoice.number),
        )
        return (sentence, *paragraphs(invoice.payment_terms))

    def _account(self) -> Pairs:
        payment, labels = self.invoice.payment, self.figures.labels
        if not payment.iban or self.invoice.type is InvoiceType.CREDIT_NOTE:
            return ()
        iban = said(payment.iban)
        told = (
            (labels["account holder"], said(payment.account_name)),
            (labels["iban"], " ".join(iban[place : place + 4] for place in range(0, len(iban), 4))),
            (labels["bic"], said(payment.bic)),
            (labels["bank"], said(payment.bank)),
            (labels["reference"], said(payment.reference or self.invoice.number)),
        )
        return tuple((name, value) for name, value in told if value)

    def _balances(self) -> tuple[BalanceRow, ...]:
        figures = self.figures
        return tuple(
            BalanceRow(
                contract=said(one.contract),
                bought=figures.balance(one.bought, one.unit),
                before=figures.balance(one.used_before, one.unit),
                now=figures.balance(one.used_now, one.unit),
                left=figures.balance(one.left, one.unit),
                until=figures.labels["until"].format(date=figures.date(one.until)) if one.until else "",
            )
            for one in self.invoice.balances
        )

    def _legal(self, seller: Party) -> tuple[str, ...]:
        labels = self.figures.labels
        told = (
            ("", seller.name if seller.trading_name else ""),
            (f"{labels['seller vat']} ", seller.vat_id),
            (f"{labels['tax number']} ", seller.tax_number),
            (f"{labels['registration']} ", seller.registration),
            ("", seller.legal_note),
        )
        return tuple(f"{name}{said(value)}" for name, value in told if value)


def _some(*texts: str) -> tuple[str, ...]:
    return tuple(said(text) for text in texts if text.strip())
