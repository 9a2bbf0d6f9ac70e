"""The words of pages that customers read, in their language. Numbers and dates are Babel's."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

from callout.policy.chargeable import SENTENCES, Rule
from callout.worklog.bill import Bill
from callout.worklog.rounding import Rounding

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Statement of work",
        "preview": "Preview, not an invoice",
        "vendor": "From",
        "customer": "Customer",
        "contract": "Contract",
        "support": "Support",
        "maintenance": "Maintenance",
        "month": "Month",
        "date": "Date",
        "work": "Work",
        "worked": "Worked",
        "billed": "Billed",
        "rate": "Rate per hour",
        "amount": "Amount",
        "total": "Total",
        "sum": "Sum",
        "run": "maintenance run",
        "person": "by hand",
        "callout": "Call-out",
        "ticket": "Ticket",
        "evidence": "Evidence",
        "finding": "Finding {finding}: {section} {subject}, {what} between {since} and {until}.",
        "finding before": "Finding {finding}: {section} {subject}, {what} before {until}.",
        "deducted": "of it billed with other work",
        "none": "No work in this month.",
        "not charged": "not charged",
        "rate unknown": "rate unknown",
        "undecided": "to be decided",
        "total unknown": "not known yet",
        "so far": "so far",
        "zone": "Dates and times: {zone}. Worked is h:mm:ss, billed is h:mm.",
        "office": "For the office, not printed",
        "each": "Time is billed in started steps of {increment} minutes, for each entry.",
        "of_sum": "Time is billed in started steps of {increment} minutes, for the month's sum.",
        "least": "At least {minimum} minutes.",
        "standard": "standard",
        "out_of_hours": "out of hours",
        "weekend": "weekend",
        "holiday": "public holiday",
        "emergency": "emergency",
        "covered": "covered",
        "paid by": "paid by",
        "worth": "worth",
        "let off": "let off",
        "written off": "{off} of {asked} written off",
        "judged yes": "Charged by our decision",
        "judged no": "Not charged by our decision",
        "expenses": "Expenses",
        "expense travel": "Travel",
        "expense lodging": "Lodging",
        "expense material": "Material",
        "expense other": "Other",
        "contracts": "Your contracts",
        "until": "until",
        "bought": "Bought",
        "used before": "Used before",
        "used now": "Used now",
        "lapsed": "Lapsed",
        "left": "Left",
        "used up": "used up",
        "used to": "used to {percent} % or more",
        "included_hours": "Included hours",
        "retainer": "Retainer",
        "hours_block": "Block of hours",
        "money_block": "Block of money",
        "fixed_price": "Fixed price",
        "per_callout": "Price per call-out",
        "time_and_materials": "Time and materials",
        "of_ticket": "Time is billed in started steps of {increment} minutes, for each ticket's work.",
        "multiplied": "An hour costs more at these times, the highest counts: {times}.",
        "for work": "For {activity} the steps are {increment} minutes.",
        "activity support": "support",
        "activity maintenance": "maintenance",
        "activity development": "development",
        "activity travel": "travel",
        "payers": (
            "Contracts pay in this order: {order}; of one kind the one that ends first. The rest: time and materials."
        ),
        "shared split": (
            "Where one person worked for several customers at a time, each is billed a share of it; "
            "a run costs nothing while the person works elsewhere."
        ),
        "shared first": (
            "Where one person worked for several customers at a time, it is billed to the one whose work began first; "
            "a run costs nothing while the person works elsewhere."
        ),
        "consumed worked": "A contract is used in the order of the days worked; one that has ended never pays.",
        "consumed entered": "A contract is used in the order in which work was entered; one that has ended never pays.",
        "hours as_worked": "Of a contract's hours one that costs more counts as one hour.",
        "hours multiplied": "Of a contract's hours one that costs more counts as many more as its price.",
    },
    "de": {
        "title": "Leistungsnachweis",
        "preview": "Vorschau, keine Rechnung",
        "vendor": "Von",
        "customer": "Kunde",
        "contract": "Vertrag",
        "support": "Support",
        "maintenance": "Wartung",
        "month": "Monat",
        "date": "Datum",
        "work": "Leistung",
        "worked": "Gearbeitet",
        "billed": "Verrechnet",
        "rate": "Stundensatz",
        "amount": "Betrag",
        "total": "Summe",
        "sum": "Zusammen",
        "run": "Wartungslauf",
        "person": "von Hand",
        "callout": "Einsatz",
        "ticket": "Ticket",
        "evidence": "Beleg",
        "finding": "Befund {finding}: {section} {subject}, {what} zwischen {since} und {until}.",
        "finding before": "Befund {finding}: {section} {subject}, {what} vor {until}.",
        "deducted": "davon mit anderer Arbeit verrechnet",
        "none": "Keine Arbeit in diesem Monat.",
        "not charged": "nicht verrechnet",
        "rate unknown": "Satz unbekannt",
        "undecided": "zu entscheiden",
        "total unknown": "noch nicht bekannt",
        "so far": "bisher",
        "zone": "Datum und Uhrzeit: {zone}. Gearbeitet in h:mm:ss, verrechnet in h:mm.",
        "office": "Für das Büro, wird nicht gedruckt",
        "each": "Verrechnet wird je Eintrag in angefangenen Schritten von {increment} Minuten.",
        "of_sum": "Verrechnet wird die Monatssumme in angefangenen Schritten von {increment} Minuten.",
        "least": "Mindestens {minimum} Minuten.",
        "standard": "normal",
        "out_of_hours": "außerhalb der Zeiten",
        "weekend": "Wochenende",
        "holiday": "Feiertag",
        "emergency": "Notfall",
        "covered": "gedeckt",
        "paid by": "bezahlt von",
        "worth": "Wert",
        "let off": "nachgelassen",
        "written off": "{off} von {asked} abgeschrieben",
        "judged yes": "Verrechnet, von uns entschieden",
        "judged no": "Nicht verrechnet, von uns entschieden",
        "expenses": "Auslagen",
        "expense travel": "Reise",
        "expense lodging": "Unterkunft",
        "expense material": "Material",
        "expense other": "Sonstiges",
        "contracts": "Ihre Verträge",
        "until": "bis",
        "bought": "Gekauft",
        "used before": "Bisher verbraucht",
        "used now": "Jetzt verbraucht",
        "lapsed": "Verfallen",
        "left": "Übrig",
        "used up": "aufgebraucht",
        "used to": "zu {percent} % oder mehr verbraucht",
        "included_hours": "Enthaltene Stunden",
        "retainer": "Monatskontingent",
        "hours_block": "Stundenpaket",
        "money_block": "Guthaben",
        "fixed_price": "Festpreis",
        "per_callout": "Preis je Einsatz",
        "time_and_materials": "Nach Aufwand",
        "of_ticket": "Verrechnet wird je Ticket in angefangenen Schritten von {increment} Minuten.",
        "multiplied": "Eine Stunde kostet zu diesen Zeiten mehr, das Höchste gilt: {times}.",
        "for work": "Für {activity} sind es Schritte von {increment} Minuten.",
        "activity support": "Support",
        "activity maintenance": "Wartung",
        "activity development": "Entwicklung",
        "activity travel": "Reise",
        "payers": (
            "Verträge zahlen in dieser Reihenfolge: {order}; von einer Art der, der zuerst endet. Der Rest: "
            "nach Aufwand."
        ),
        "shared split": (
            "Wo jemand für mehrere Kunden zugleich gearbeitet hat, wird jedem ein Teil der Zeit verrechnet; "
            "ein Lauf kostet nichts, solange der Mensch anderswo arbeitet."
        ),
        "shared first": (
            "Wo jemand für mehrere Kunden zugleich gearbeitet hat, wird die Zeit dem verrechnet, dessen Arbeit zuerst "
            "begann; ein Lauf kostet nichts, solange der Mensch anderswo arbeitet."
        ),
        "consumed worked": (
            "Ein Vertrag wird in der Reihenfolge der Arbeitstage verbraucht; ein abgelaufener zahlt nie."
        ),
        "consumed entered": (
            "Ein Vertrag wird in der Reihenfolge der Eintragungen verbraucht; ein abgelaufener zahlt nie."
        ),
        "hours as_worked": "Von den Stunden eines Vertrags zählt eine teurere als eine Stunde.",
        "hours multiplied": "Von den Stunden eines Vertrags zählt eine teurere um so viel mehr, wie sie kostet.",
    },
}
RULES: Mapping[str, Mapping[Rule, str]] = {
    "en": SENTENCES,
    "de": {
        Rule.REFUSED_BY_GATE: "Es wurde nichts getan: von unserer eigenen Prüfung abgelehnt.",
        Rule.OUR_PATCH_FAILED: "Unser eigener Patch ist fehlgeschlagen.",
        Rule.RUN_FAILED: "Der Lauf kam nicht ans Ende.",
        Rule.NOTHING_TO_DO: "Es war nichts zu ändern.",
        Rule.ROLLED_BACK_ON_PURPOSE: "Eine Änderung wurde mit Absicht zurückgenommen: zu entscheiden.",
        Rule.MAINTENANCE_CONTRACT: "Vom Wartungsvertrag gedeckt.",
        Rule.SUPPORT_GIVEN: "Support, vom Supportvertrag gedeckt.",
        Rule.CONSENT_COVERS_CHARGING: "Wartung bei Supportvertrag; der Kunde hat der Verrechnung zugestimmt.",
        Rule.CONSENT_WITHOUT_CHARGING: "Der Kunde hat der Arbeit zugestimmt, nicht der Verrechnung: zu entscheiden.",
        Rule.NO_CONSENT_ON_RECORD: "Wartung bei Supportvertrag; keine Zustimmung zur Verrechnung vermerkt.",
        Rule.QUOTE_ACCEPTED: "Der Kunde hat ein Angebot dafür angenommen.",
        Rule.OWN_BUG: "Die Ursache war ein Fehler von uns.",
        Rule.UNSUPPORTED_MODIFICATION: "Folge einer nicht unterstützten Änderung: verrechnet wie Wartung.",
        Rule.MAN_MADE_EMERGENCY: "Der Notfall war von Menschen gemacht: nachträglich verrechnet.",
        Rule.DOCUMENTED_SUPPORT: "Support zu Dokumentiertem, vom Supportvertrag gedeckt.",
        Rule.INCLUDED: "Im Wartungsvertrag enthalten.",
        Rule.INCLUDED_HOURS: "Wartung, für die im Wartungsvertrag enthaltenen Stunden; darüber hinaus verrechnet.",
        Rule.BEYOND_MAINTENANCE: "Nicht unter dem, was der Wartungsvertrag deckt.",
        Rule.CAUSE_IN_DOUBT: "Die genannte Ursache und der Vertrag widersprechen einander: zu entscheiden.",
        Rule.FINDING_IN_DOUBT: "Der genannte Befund zeigt keine nicht unterstützte Änderung: zu entscheiden.",
        Rule.IDLE_IN_DOUBT: "In dieser Sitzung geschah lange nichts: zu entscheiden.",
        Rule.CLOCK_TIMES_NEEDED: "Der Preis hängt von der Uhrzeit dieses Tages ab: die Uhrzeiten sind anzugeben.",
        Rule.CLOCK_IN_DOUBT: "Die Uhr wurde verstellt oder die Zeit ist unglaubwürdig: zu bestätigen.",
        Rule.OUTCOME_UNKNOWN: "Wie der Lauf endete, ist nicht bekannt: zu entscheiden.",
        Rule.CONTRACT_UNKNOWN: "Der Vertrag ist nicht bekannt: zu entscheiden.",
    },
}


def locale_of(language: str) -> Locale:
    """Babel's locale of a customer's language (`de`, `de_AT`, `de-AT`); English where Babel does not know it."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def words_of(locale: Locale) -> str:
    """The key into LABELS and RULES: the locale's language if we have its words, else English."""
    return locale.language if locale.language in LABELS else "en"


def rounding_sentence(rounding: Rounding, words: str) -> str:
    """The rounding rule in the customer's language."""
    labels = LABELS[words]
    key = {"each": "each", "ticket": "of_ticket", "sum": "of_sum"}[rounding.mode]
    return f"{labels[key].format(increment=rounding.increment_minutes)}{_least(rounding, words)}"


def policy_words(bill: Bill, words: str) -> list[str]:
    """What else of the policy matters for this bill, in the customer's language."""
    labels, told = LABELS[words], []
    if bill.factors:
        times = ", ".join(f"{labels[name]} × {factor}" for name, factor in bill.factors.items())
        told.append(labels["multiplied"].format(times=times))
    for activity, rounding in bill.roundings.items():
        named = labels[f"activity {activity}"]
        steps = labels["for work"].format(activity=named, increment=rounding.increment_minutes)
        told.append(f"{steps}{_least(rounding, words)}")
    if bill.payers:
        told.append(labels["payers"].format(order=", ".join(labels[kind] for kind in bill.payers)))
        told.append(labels[f"consumed {bill.consumed_by}"])
        if bill.factors:
            told.append(labels[f"hours {bill.bucket_hours}"])
    if bill.is_shared:
        told.append(labels[f"shared {bill.shared_minutes}"])
    return told


def _least(rounding: Rounding, words: str) -> str:
    return f" {LABELS[words]['least'].format(minimum=rounding.minimum_minutes)}" if rounding.minimum_minutes else ""
