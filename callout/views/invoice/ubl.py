"""An invoice as UBL 2.1 (Invoice or CreditNote), by EN 16931's syntax binding (EN 16931-3-2). Order is the schema's."""

from __future__ import annotations

from decimal import Decimal

from callout.views.invoice.notes import notes_of
from callout.views.invoice.xml_tree import Branch, number
from callout.worklog.invoice.document import Adjustment, Invoice, InvoiceType, Line, Period, Tax
from callout.worklog.invoice.parties import Address, Party, only_buyers

SPECIFICATION = "urn:cen.eu:en16931:2017"
OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
COMPONENTS = {"cac": f"{OASIS}:CommonAggregateComponents-2", "cbc": f"{OASIS}:CommonBasicComponents-2"}


def ubl(invoice: Invoice) -> bytes:
    """The invoice as UTF-8 XML; the same invoice gives the same bytes."""
    credit = invoice.type is InvoiceType.CREDIT_NOTE
    kind = "CreditNote" if credit else "Invoice"
    root = Branch.root(kind, {"": f"{OASIS}:{kind}-2", **COMPONENTS})
    _head(root, invoice, credit)
    _references(root, invoice, credit)
    _party(root.branch("cac:AccountingSupplierParty").branch("cac:Party"), invoice.seller)
    _party(root.branch("cac:AccountingCustomerParty").branch("cac:Party"), only_buyers(invoice.buyer))
    _delivery(root, invoice)
    _payment(root, invoice, credit)
    for one in invoice.adjustments:
        _adjustment(root, one, invoice.currency)
    _taxes(root, invoice)
    _totals(root, invoice)
    for line in invoice.lines:
        _line(root.branch(f"cac:{kind}Line"), line, invoice.currency, credit)
    return root.written()


def _head(root: Branch, invoice: Invoice, credit: bool) -> None:
    root.leaf("cbc:CustomizationID", SPECIFICATION)
    root.leaf("cbc:ID", invoice.number)
    root.leaf("cbc:IssueDate", invoice.issue_date.isoformat())
    if invoice.due_date is not None and not credit:
        root.leaf("cbc:DueDate", invoice.due_date.isoformat())
    root.leaf("cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode", invoice.type)
    for note in notes_of(invoice):
        root.leaf("cbc:Note", note)
    root.leaf("cbc:DocumentCurrencyCode", invoice.currency)
    root.leaf("cbc:BuyerReference", invoice.buyer_reference)
    _period(root, invoice.period)


def _references(root: Branch, invoice: Invoice, credit: bool) -> None:
    root.deep("cac:OrderReference/cbc:ID", invoice.order_reference)
    for one in invoice.preceding:
        reference = root.branch("cac:BillingReference").branch("cac:InvoiceDocumentReference")
        reference.leaf("cbc:ID", one.number)
        if one.issue_date is not None:
            reference.leaf("cbc:IssueDate", one.issue_date.isoformat())
    root.deep("cac:ContractDocumentReference/cbc:ID", invoice.contract)
    if invoice.project and credit:  # a credit note has no place of its own for it; 50 is the project's reference
        reference = root.branch("cac:AdditionalDocumentReference")
        reference.leaf("cbc:ID", invoice.project)
        reference.leaf("cbc:DocumentTypeCode", "50")
    elif invoice.project:
        root.deep("cac:ProjectReference/cbc:ID", invoice.project)


def _party(branch: Branch, party: Party) -> None:
    branch.leaf("cbc:EndpointID", party.electronic_address, schemeID=party.electronic_scheme)
    branch.deep("cac:PartyIdentification/cbc:ID", party.identifier)
    branch.deep("cac:PartyName/cbc:Name", party.trading_name)
    _address(branch.branch("cac:PostalAddress"), party.address)
    for scheme, identifier in (("VAT", party.vat_id), ("FC", party.tax_number)):
        if identifier:
            tax = branch.branch("cac:PartyTaxScheme")
            tax.leaf("cbc:CompanyID", identifier)
            tax.deep("cac:TaxScheme/cbc:ID", scheme)
    legal = branch.branch("cac:PartyLegalEntity")
    legal.leaf("cbc:RegistrationName", party.name)
    legal.leaf("cbc:CompanyID", party.registration)
    legal.leaf("cbc:CompanyLegalForm", party.legal_note)
    contact = party.contact
    if contact.name or contact.telephone or contact.email:
        told = branch.branch("cac:Contact")
        told.leaf("cbc:Name", contact.name)
        told.leaf("cbc:Telephone", contact.telephone)
        told.leaf("cbc:ElectronicMail", contact.email)


def _address(branch: Branch, address: Address) -> None:
    branch.leaf("cbc:StreetName", address.street)
    branch.leaf("cbc:AdditionalStreetName", address.additional)
    branch.leaf("cbc:CityName", address.city)
    branch.leaf("cbc:PostalZone", address.post_code)
    branch.leaf("cbc:CountrySubentity", address.region)
    branch.deep("cac:AddressLine/cbc:Line", address.third_line)
    branch.deep("cac:Country/cbc:IdentificationCode", address.country)


def _delivery(root: Branch, invoice: Invoice) -> None:
    if invoice.delivery_date is None and not invoice.delivery_country:
        return
    delivery = root.branch("cac:Delivery")
    if invoice.delivery_date is not None:
        delivery.leaf("cbc:ActualDeliveryDate", invoice.delivery_date.isoformat())
    delivery.deep("cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode", invoice.delivery_country)


def _payment(root: Branch, invoice: Invoice, credit: bool) -> None:
    payment = invoice.payment
    means = root.branch("cac:PaymentMeans")
    means.leaf("cbc:PaymentMeansCode", payment.means)
    if invoice.due_date is not None and credit:
        means.leaf("cbc:PaymentDueDate", invoice.due_date.isoformat())
    means.leaf("cbc:PaymentID", payment.reference)
    if payment.iban:
        account = means.branch("cac:PayeeFinancialAccount")
        account.leaf("cbc:ID", payment.iban)
        account.leaf("cbc:Name", payment.account_name)
        account.deep("cac:FinancialInstitutionBranch/cbc:ID", payment.bic)
    root.deep("cac:PaymentTerms/cbc:Note", invoice.payment_terms)


def _adjustment(branch: Branch, one: Adjustment, currency: str) -> None:
    told = branch.branch("cac:AllowanceCharge")
    told.leaf("cbc:ChargeIndicator", "true" if one.charge else "false")
    told.leaf("cbc:AllowanceChargeReason", one.reason)
    told.leaf("cbc:Amount", number(one.amount), currencyID=currency)
    if one.tax is not None:
        _tax(told.branch("cac:TaxCategory"), one.tax, reasons=False)


def _tax(branch: Branch, tax: Tax, *, reasons: bool) -> None:
    branch.leaf("cbc:ID", tax.category)
    if tax.rate is not None:
        branch.leaf("cbc:Percent", number(tax.rate))
    if reasons:
        branch.leaf("cbc:TaxExemptionReasonCode", tax.reason_code)
        branch.leaf("cbc:TaxExemptionReason", tax.reason)
    branch.deep("cac:TaxScheme/cbc:ID", "VAT")


def _taxes(root: Branch, invoice: Invoice) -> None:
    total = root.branch("cac:TaxTotal")
    total.leaf("cbc:TaxAmount", number(invoice.totals.tax), currencyID=invoice.currency)
    for one in invoice.taxes:
        subtotal = total.branch("cac:TaxSubtotal")
        subtotal.leaf("cbc:TaxableAmount", number(one.taxable), currencyID=invoice.currency)
        subtotal.leaf("cbc:TaxAmount", number(one.amount), currencyID=invoice.currency)
        _tax(subtotal.branch("cac:TaxCategory"), one.tax, reasons=True)


def _totals(root: Branch, invoice: Invoice) -> None:
    totals = invoice.totals
    told = root.branch("cac:LegalMonetaryTotal")

    def amount(name: str, value: Decimal, needed: bool = True) -> None:
        if needed or value:
            told.leaf(name, number(value), currencyID=invoice.currency)

    amount("cbc:LineExtensionAmount", totals.lines)
    amount("cbc:TaxExclusiveAmount", totals.net)
    amount("cbc:TaxInclusiveAmount", totals.gross)
    amount("cbc:AllowanceTotalAmount", totals.allowances, needed=False)
    amount("cbc:ChargeTotalAmount", totals.charges, needed=False)
    amount("cbc:PrepaidAmount", totals.paid, needed=False)
    amount("cbc:PayableRoundingAmount", totals.rounding, needed=False)
    amount("cbc:PayableAmount", totals.due)


def _line(branch: Branch, line: Line, currency: str, credit: bool) -> None:
    branch.leaf("cbc:ID", line.id)
    branch.leaf("cbc:Note", line.note)
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    branch.leaf(quantity, number(line.quantity), unitCode=line.unit)
    branch.leaf("cbc:LineExtensionAmount", number(line.net_amount), currencyID=currency)
    _period(branch, line.period)
    branch.deep("cac:OrderLineReference/cbc:LineID", line.order_line)
    if line.ticket:  # 130: what the line is about, by the name that the seller gave it
        reference = branch.branch("cac:DocumentReference")
        reference.leaf("cbc:ID", line.ticket)
        reference.leaf("cbc:DocumentTypeCode", "130")
    for one in line.adjustments:
        _adjustment(branch, one, currency)
    _item(branch.branch("cac:Item"), line)
    _price(branch.branch("cac:Price"), line, currency)


def _item(item: Branch, line: Line) -> None:
    item.leaf("cbc:Description", line.description)
    item.leaf("cbc:Name", line.name)
    _tax(item.branch("cac:ClassifiedTaxCategory"), line.tax, reasons=False)
    for name, value in line.attributes:
        if name.strip() and value.strip():
            attribute = item.branch("cac:AdditionalItemProperty")
            attribute.leaf("cbc:Name", name)
            attribute.leaf("cbc:Value", value)


def _price(price: Branch, line: Line, currency: str) -> None:
    price.leaf("cbc:PriceAmount", number(line.price), currencyID=currency)
    price.leaf("cbc:BaseQuantity", number(line.price_quantity), unitCode=line.unit)
    if line.gross_price is not None:
        discount = price.branch("cac:AllowanceCharge")
        discount.leaf("cbc:ChargeIndicator", "false")
        discount.leaf("cbc:Amount", number(line.gross_price - line.price), currencyID=currency)
        discount.leaf("cbc:BaseAmount", number(line.gross_price), currencyID=currency)


def _period(branch: Branch, period: Period | None) -> None:
    if period is not None:
        told = branch.branch("cac:InvoicePeriod")
        told.leaf("cbc:StartDate", period.first.isoformat())
        told.leaf("cbc:EndDate", period.last.isoformat())
