"""The words of pages that customers read, in their language. Numbers and dates are Babel's."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale, UnknownLocaleError

from callout.policy.chargeable import SENTENCES, Rule
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
        "deducted": "of it billed with other work",
        "none": "No work in this month.",
        "not charged": "not charged",
        "in the sum": "in the sum",
        "rate unknown": "rate unknown",
        "undecided": "to be decided",
        "total unknown": "not known yet",
        "so far": "so far",
        "zone": "Dates and times: {zone}. Worked is h:mm:ss, billed is h:mm.",
        "office": "For the office, not printed",
        "each": "Time is billed in started steps of {increment} minutes, for each entry.",
        "of_sum": "Time is billed in started steps of {increment} minutes, for the month's sum.",
        "least": "At least {minimum} minutes.",
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
        "deducted": "davon mit anderer Arbeit verrechnet",
        "none": "Keine Arbeit in diesem Monat.",
        "not charged": "nicht verrechnet",
        "in the sum": "in der Summe",
        "rate unknown": "Satz unbekannt",
        "undecided": "zu entscheiden",
        "total unknown": "noch nicht bekannt",
        "so far": "bisher",
        "zone": "Datum und Uhrzeit: {zone}. Gearbeitet in h:mm:ss, verrechnet in h:mm.",
        "office": "Für das Büro, wird nicht gedruckt",
        "each": "Verrechnet wird je Eintrag in angefangenen Schritten von {increment} Minuten.",
        "of_sum": "Verrechnet wird die Monatssumme in angefangenen Schritten von {increment} Minuten.",
        "least": "Mindestens {minimum} Minuten.",
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
    sentence = labels["each" if rounding.mode == "each" else "of_sum"].format(increment=rounding.increment_minutes)
    least = labels["least"].format(minimum=rounding.minimum_minutes)
    return f"{sentence} {least}" if rounding.minimum_minutes else sentence
