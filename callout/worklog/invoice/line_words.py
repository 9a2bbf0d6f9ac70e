"""The words that a bill's lines need on an invoice, in the customer's language, else in English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "support": "Support",
        "maintenance": "Maintenance",
        "development": "Development",
        "travel": "Travel",
        "lodging": "Lodging",
        "material": "Material",
        "other": "Expenses",
        "fixed": "Contract {contract}",
        "ticket": "Ticket {ticket}",
        "callout": "Call-out {callout}",
        "covered": "Paid by contract {contract}.",
        "courtesy": "Not charged.",
        "reduction": "Reduction",
        "late": "Done in {month}; recorded after that month's invoice {number}.",
        "quote": "Quote {quote}, ticket {ticket}: quoted {quoted}, worked {actual} h.",
        "order": "Order",
        "correction": "Correction of invoice {number} of {date}: {reason}",
    },
    "de": {
        "support": "Support",
        "maintenance": "Wartung",
        "development": "Entwicklung",
        "travel": "Reise",
        "lodging": "Nächtigung",
        "material": "Material",
        "other": "Spesen",
        "fixed": "Vertrag {contract}",
        "ticket": "Ticket {ticket}",
        "callout": "Einsatz {callout}",
        "covered": "Bezahlt aus Vertrag {contract}.",
        "courtesy": "Nicht verrechnet.",
        "reduction": "Nachlass",
        "late": "Geleistet in {month}; erfasst nach der Rechnung {number} dieses Monats.",
        "quote": "Angebot {quote}, Ticket {ticket}: angeboten {quoted}, gearbeitet {actual} h.",
        "order": "Bestellung",
        "correction": "Korrektur der Rechnung {number} vom {date}: {reason}",
    },
}


def line_words(language: str) -> Mapping[str, str]:
    """The words for a language like `de` or `de_AT`."""
    return WORDS.get(language[:2].lower(), WORDS["en"])
