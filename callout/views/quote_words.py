"""The words of the letter that offers a quote, in the customer's language. Numbers and dates are Babel's."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Quote",
        "vendor": "From",
        "customer": "To",
        "date": "Date",
        "ticket": "Ticket",
        "callout": "Call-out",
        "system": "System",
        "number": "Quote",
        "valid": "Good until",
        "amount": "Amount",
        "time": "Time",
        "cap": "At most",
        "included": "What is included",
        "expected": "How much",
        "stated": "We expect {minutes} of work, which comes to {amount} at {rate} per hour.",
        "fixed": "The work comes to {amount}.",
        "past": "From {jobs} earlier pieces of work that were like this one we expect {minutes}, which comes to "
        "{amount} at {rate} per hour. Nine of ten of them took no longer than {p90}.",
        "without tax": "Amounts are without taxes.",
        "overrun": "What happens if it takes longer",
        "capped": "You pay at most {cap}. Before that is used up we ask you, and without a new agreement nothing more "
        "is done.",
        "uncapped": "You are charged by the time spent. As soon as we see that it will be more than quoted, we tell "
        "you, and you decide whether we go on.",
        "contracts": "What your contracts still hold",
        "held": "On {day}; what is used of it for this work is decided by the days on which we work.",
        "left": "{contract}: {left} left of {bought}{until}.",
        "ends": ", until {day}",
        "until": "Until when it is good",
        "good until": "This quote is good until {until} ({zone}), the last second included.",
        "how": "How to accept",
        "accept": "Reply by then from one of your registered addresses ({addresses}), name quote {number} and your "
        "order reference. If you do not want the work, a short reply with the reason helps us.",
        "state open": "open",
        "state expired": "expired",
        "state accepted": "accepted",
        "state declined": "declined",
    },
    "de": {
        "title": "Angebot",
        "vendor": "Von",
        "customer": "An",
        "date": "Datum",
        "ticket": "Ticket",
        "callout": "Einsatz",
        "system": "System",
        "number": "Angebot",
        "valid": "Gültig bis",
        "amount": "Betrag",
        "time": "Zeit",
        "cap": "Höchstens",
        "included": "Was enthalten ist",
        "expected": "Wie viel",
        "stated": "Wir rechnen mit {minutes} Arbeit, das sind {amount} bei {rate} je Stunde.",
        "fixed": "Die Arbeit kommt auf {amount}.",
        "past": "Nach {jobs} früheren Arbeiten dieser Art rechnen wir mit {minutes}, das sind {amount} bei {rate} je "
        "Stunde. Neun von zehn davon dauerten nicht länger als {p90}.",
        "without tax": "Alle Beträge ohne Steuern.",
        "overrun": "Was geschieht, wenn es länger dauert",
        "capped": "Sie zahlen höchstens {cap}. Bevor das aufgebraucht ist, fragen wir Sie; ohne neue Vereinbarung "
        "wird nichts weiter getan.",
        "uncapped": "Verrechnet wird die gebrauchte Zeit. Sobald wir sehen, dass es mehr wird als angeboten, sagen "
        "wir es Ihnen, und Sie entscheiden, ob wir weitermachen.",
        "contracts": "Was Ihre Verträge noch enthalten",
        "held": "Am {day}; was davon für diese Arbeit verbraucht wird, entscheiden die Tage, an denen wir arbeiten.",
        "left": "{contract}: noch {left} von {bought}{until}.",
        "ends": ", bis {day}",
        "until": "Bis wann es gilt",
        "good until": "Dieses Angebot gilt bis {until} ({zone}), einschließlich der letzten Sekunde.",
        "how": "Wie Sie es annehmen",
        "accept": "Antworten Sie bis dahin von einer Ihrer hinterlegten Adressen ({addresses}) und nennen Sie das "
        "Angebot {number} und Ihre Bestellnummer. Wenn Sie die Arbeit nicht wünschen, hilft uns eine kurze Antwort "
        "mit dem Grund.",
        "state open": "offen",
        "state expired": "abgelaufen",
        "state accepted": "angenommen",
        "state declined": "abgelehnt",
    },
}
