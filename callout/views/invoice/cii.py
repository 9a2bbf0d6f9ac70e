"""An invoice as Cross Industry Invoice (UN/CEFACT), the XML of Factur-X, profile EN 16931."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from callout.views.invoice.notes import notes_of
from callout.views.invoice.xml_tree import Branch, number
from callout.worklog.invoice.document import Adjustment, Invoice, Line, Period, Tax
from callout.worklog.invoice.parties import Address, Contact, Party, only_buyers

SPECIFICATION = "urn:cen.eu:en16931:2017"
STANDARD = "urn:un:unece:uncefact:data:standard"
NAMESPACES = {
    "rsm": f"{STANDARD}:CrossIndustryInvoice:100",
    "ram": f"{STANDARD}:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{STANDARD}:UnqualifiedDataType:100",
    "qdt": f"{STANDARD}:QualifiedDataType:100",
}


def cii(invoice: Invoice) -> bytes:
    """The invoice as UTF-8 XML; the same invoice gives the same bytes."""
    root = Branch.root("rsm:CrossIndustryInvoice", NAMESPACES)
    context = root.branch("rsm:ExchangedDocumentContext")
    context.deep("ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", SPECIFICATION)
    document = root.branch("rsm:ExchangedDocument")
    document.leaf("ram:ID", invoice.number)
    document.leaf("ram:TypeCode", invoice.type)
    _date(document, "ram:IssueDateTime", invoice.issue_date)
    for note in notes_of(invoice):
        document.deep("ram:IncludedNote/ram:Content", note)
    transaction = root.branch("rsm:SupplyChainTradeTransaction")
    for line in invoice.lines:
        _line(transaction.branch("ram:IncludedSupplyChainTradeLineItem"), line)
    _agreement(transaction.branch("ram:ApplicableHeaderTradeAgreement"), invoice)
    _delivery(transaction.branch("ram:ApplicableHeaderTradeDelivery"), invoice)
    _settlement(transaction.branch("ram:ApplicableHeaderTradeSettlement"), invoice)
    return root.written()


def _line(item: Branch, line: Line) -> None:
    document = item.branch("ram:AssociatedDocumentLineDocument")
    document.leaf("ram:LineID", line.id)
    document.deep("ram:IncludedNote/ram:Content", line.note)
    product = item.branch("ram:SpecifiedTradeProduct")
    product.leaf("ram:Name", line.name)
    product.leaf("ram:Description", line.description)
    for name, value in line.attributes:
        if name.strip() and value.strip():
            attribute = product.branch("ram:ApplicableProductCharacteristic")
            attribute.leaf("ram:Description", name)
            attribute.leaf("ram:Value", value)
    _line_price(item.branch("ram:SpecifiedLineTradeAgreement"), line)
    delivery = item.branch("ram:SpecifiedLineTradeDelivery")
    delivery.leaf("ram:BilledQuantity", number(line.quantity), unitCode=line.unit)
    settlement = item.branch("ram:SpecifiedLineTradeSettlement")
    _tax(settlement.branch("ram:ApplicableTradeTax"), line.tax)
    _period(settlement, line.period)
    for one in line.adjustments:
        _adjustment(settlement, one)
    settlement.deep("ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount", number(line.net_amount))
    if line.ticket:  # 130: what the line is about, by the name that the seller gave it
        reference = settlement.branch("ram:AdditionalReferencedDocument")
        reference.leaf("ram:IssuerAssignedID", line.ticket)
        reference.leaf("ram:TypeCode", "130")


def _line_price(agreement: Branch, line: Line) -> None:
    agreement.deep("ram:BuyerOrderReferencedDocument/ram:LineID", line.order_line)
    if line.gross_price is not None:
        gross = agreement.branch("ram:GrossPriceProductTradePrice")
        gross.leaf("ram:ChargeAmount", number(line.gross_price))
        gross.leaf("ram:BasisQuantity", number(line.price_quantity), unitCode=line.unit)
        discount = gross.branch("ram:AppliedTradeAllowanceCharge")
        discount.deep("ram:ChargeIndicator/udt:Indicator", "false")
        discount.leaf("ram:ActualAmount", number(line.gross_price - line.price))
    net = agreement.branch("ram:NetPriceProductTradePrice")
    net.leaf("ram:ChargeAmount", number(line.price))
    net.leaf("ram:BasisQuantity", number(line.price_quantity), unitCode=line.unit)


def _agreement(agreement: Branch, invoice: Invoice) -> None:
    agreement.leaf("ram:BuyerReference", invoice.buyer_reference)
    _party(agreement.branch("ram:SellerTradeParty"), invoice.seller)
    _party(agreement.branch("ram:BuyerTradeParty"), only_buyers(invoice.buyer))
    agreement.deep("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", invoice.order_reference)
    agreement.deep("ram:ContractReferencedDocument/ram:IssuerAssignedID", invoice.contract)
    if invoice.project:
        project = agreement.branch("ram:SpecifiedProcuringProject")
        project.leaf("ram:ID", invoice.project)
        project.leaf("ram:Name", "Project reference")  # the schema wants a name beside it; this is the usual one


def _party(branch: Branch, party: Party) -> None:
    branch.leaf("ram:ID", party.identifier)
    branch.leaf("ram:Name", party.name)
    branch.leaf("ram:Description", party.legal_note)
    if party.registration or party.trading_name:
        legal = branch.branch("ram:SpecifiedLegalOrganization")
        legal.leaf("ram:ID", party.registration)
        legal.leaf("ram:TradingBusinessName", party.trading_name)
    _contact(branch, party.contact)
    _address(branch.branch("ram:PostalTradeAddress"), party.address)
    branch.deep("ram:URIUniversalCommunication/ram:URIID", party.electronic_address, schemeID=party.electronic_scheme)
    branch.deep("ram:SpecifiedTaxRegistration/ram:ID", party.tax_number, schemeID="FC")
    branch.deep("ram:SpecifiedTaxRegistration/ram:ID", party.vat_id, schemeID="VA")


def _contact(branch: Branch, contact: Contact) -> None:
    if contact.name or contact.telephone or contact.email:
        told = branch.branch("ram:DefinedTradeContact")
        told.leaf("ram:PersonName", contact.name)
        told.deep("ram:TelephoneUniversalCommunication/ram:CompleteNumber", contact.telephone)
        told.deep("ram:EmailURIUniversalCommunication/ram:URIID", contact.email)


def _address(branch: Branch, address: Address) -> None:
    branch.leaf("ram:PostcodeCode", address.post_code)
    branch.leaf("ram:LineOne", address.street)
    branch.leaf("ram:LineTwo", address.additional)
    branch.leaf("ram:LineThree", address.third_line)
    branch.leaf("ram:CityName", address.city)
    branch.leaf("ram:CountryID", address.country)
    branch.leaf("ram:CountrySubDivisionName", address.region)


def _delivery(delivery: Branch, invoice: Invoice) -> None:
    delivery.deep("ram:ShipToTradeParty/ram:PostalTradeAddress/ram:CountryID", invoice.delivery_country)
    if invoice.delivery_date is not None:
        _date(delivery.branch("ram:ActualDeliverySupplyChainEvent"), "ram:OccurrenceDateTime", invoice.delivery_date)


def _settlement(settlement: Branch, invoice: Invoice) -> None:
    settlement.leaf("ram:PaymentReference", invoice.payment.reference)
    settlement.leaf("ram:InvoiceCurrencyCode", invoice.currency)
    _payment(settlement.branch("ram:SpecifiedTradeSettlementPaymentMeans"), invoice)
    for one in invoice.taxes:
        _tax(settlement.branch("ram:ApplicableTradeTax"), one.tax, amount=one.amount, taxable=one.taxable)
    _period(settlement, invoice.period)
    for adjustment in invoice.adjustments:
        _adjustment(settlement, adjustment)
    if invoice.payment_terms or invoice.due_date is not None:
        terms = settlement.branch("ram:SpecifiedTradePaymentTerms")
        terms.leaf("ram:Description", invoice.payment_terms)
        if invoice.due_date is not None:
            _date(terms, "ram:DueDateDateTime", invoice.due_date)
    _totals(settlement.branch("ram:SpecifiedTradeSettlementHeaderMonetarySummation"), invoice)
    for preceding in invoice.preceding:
        reference = settlement.branch("ram:InvoiceReferencedDocument")
        reference.leaf("ram:IssuerAssignedID", preceding.number)
        if preceding.issue_date is not None:
            _date(reference, "ram:FormattedIssueDateTime", preceding.issue_date, kind="qdt")


def _payment(means: Branch, invoice: Invoice) -> None:
    payment = invoice.payment
    means.leaf("ram:TypeCode", payment.means)
    if payment.iban:
        account = means.branch("ram:PayeePartyCreditorFinancialAccount")
        account.leaf("ram:IBANID", payment.iban)
        account.leaf("ram:AccountName", payment.account_name)
        means.deep("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", payment.bic)


def _adjustment(branch: Branch, one: Adjustment) -> None:
    told = branch.branch("ram:SpecifiedTradeAllowanceCharge")
    told.deep("ram:ChargeIndicator/udt:Indicator", "true" if one.charge else "false")
    told.leaf("ram:ActualAmount", number(one.amount))
    told.leaf("ram:Reason", one.reason)
    if one.tax is not None:
        _tax(told.branch("ram:CategoryTradeTax"), one.tax)


def _tax(told: Branch, tax: Tax, amount: Decimal | None = None, taxable: Decimal | None = None) -> None:
    """With amounts and reasons in the breakdown, where both amounts are given; without them elsewhere."""
    if amount is not None:
        told.leaf("ram:CalculatedAmount", number(amount))
    told.leaf("ram:TypeCode", "VAT")
    if taxable is not None:
        told.leaf("ram:ExemptionReason", tax.reason)
        told.leaf("ram:BasisAmount", number(taxable))
    told.leaf("ram:CategoryCode", tax.category)
    if taxable is not None:
        told.leaf("ram:ExemptionReasonCode", tax.reason_code)
    if tax.rate is not None:
        told.leaf("ram:RateApplicablePercent", number(tax.rate))


def _totals(told: Branch, invoice: Invoice) -> None:
    totals = invoice.totals
    told.leaf("ram:LineTotalAmount", number(totals.lines))
    if totals.charges:
        told.leaf("ram:ChargeTotalAmount", number(totals.charges))
    if totals.allowances:
        told.leaf("ram:AllowanceTotalAmount", number(totals.allowances))
    told.leaf("ram:TaxBasisTotalAmount", number(totals.net))
    told.leaf("ram:TaxTotalAmount", number(totals.tax), currencyID=invoice.currency)
    if totals.rounding:
        told.leaf("ram:RoundingAmount", number(totals.rounding))
    told.leaf("ram:GrandTotalAmount", number(totals.gross))
    if totals.paid:
        told.leaf("ram:TotalPrepaidAmount", number(totals.paid))
    told.leaf("ram:DuePayableAmount", number(totals.due))


def _period(branch: Branch, period: Period | None) -> None:
    if period is not None:
        told = branch.branch("ram:BillingSpecifiedPeriod")
        _date(told, "ram:StartDateTime", period.first)
        _date(told, "ram:EndDateTime", period.last)


def _date(branch: Branch, name: str, date: dt.date, kind: str = "udt") -> None:
    """102 is the format YYYYMMDD of UNTDID 2379."""
    branch.branch(name).leaf(f"{kind}:DateTimeString", date.strftime("%Y%m%d"), format="102")
