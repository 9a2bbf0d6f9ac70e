"""What stands in each letter about a case, in both languages and both forms: kind by kind, fact by fact."""

from __future__ import annotations

from tests.unit.views.case_letter_desk import AT_WORDS, DUE_WORDS, LINK

CASE = "CS-000042"
OWED = {"en": "we still owe you support", "de": "Die Hilfe dazu sind wir Ihnen also noch schuldig"}
REOPEN = {"en": "Then we open the case again", "de": "Dann öffnen wir den Fall wieder"}
STILL = {"en": "our clocks for this case stand still", "de": "stehen unsere Uhren für diesen Fall still"}
BOTH = ("it@globex.example", "helpdesk@globex.example")

# What stands in each letter, in both languages and both forms: words that are the same in both, or by language.
Fact = str | dict[str, str]
FACTS: dict[str, list[Fact]] = {
    "received": [
        CASE,
        f"[{CASE}]",
        DUE_WORDS,
        "Europe/Vienna",
        *BOTH,
        "Voicemail says nothing",
        {"en": "within one business day", "de": "innerhalb eines Arbeitstages"},
        {"en": "Just reply to this letter", "de": "Antworten Sie einfach auf diesen Brief"},
        {"en": "which of your systems", "de": "welches Ihrer Systeme"},
        {"en": "what you did", "de": "was Sie getan haben"},
    ],
    "received-phone": [CASE, DUE_WORDS, {"en": "your call", "de": "Ihren Anruf"}, "globex-sw1"],
    "emergency": [
        CASE,
        DUE_WORDS,
        {"en": "We checked who was asking", "de": "geprüft, wer sich meldet"},
        {"en": "by night, on weekends and on holidays", "de": "in der Nacht, am Wochenende und an Feiertagen"},
        {"en": "within one hour, by day and by night", "de": "innerhalb einer Stunde, bei Tag und bei Nacht"},
        {"en": "man-made, or no emergency at all, the work may cost extra", "de": "kann die Arbeit mehr kosten"},
    ],
    "unregistered": [
        {"en": "Monday, 23 November 2026, 14:05", "de": "Montag, 23. November 2026, 14:05"},
        "UTC",
        {"en": "We do not know this address", "de": "Wir kennen die Adresse nicht"},
        {"en": "It is not lost", "de": "ist nicht weg"},
        {"en": "write to us again from an address that you gave us", "de": "schreiben Sie noch einmal"},
        {"en": "If you did not write to us, do nothing", "de": "Haben Sie uns nicht geschrieben? Dann tun Sie nichts"},
    ],
    "update": [CASE, "We have found the fault.", DUE_WORDS, {"en": "critical bug", "de": "schweren Fehler"}],
    "reply": [
        CASE,
        "Choose Voicemail, then Greeting.",
        LINK,
        DUE_WORDS,
        {"en": "you do it", "de": "Sie tun es"},
        {"en": "we first quote a fair time", "de": "nennen wir zuerst eine gute Zeit als Angebot"},
    ],
    "question": [
        CASE,
        "Since when?",
        {"en": "It is your turn", "de": "Sie sind am Zug"},
        {"en": "our clocks stand still", "de": "stehen unsere Uhren still"},
    ],
    "reply-ours": [
        CASE,
        {"en": "We begin when you have said yes", "de": "Wir fangen an, wenn Sie Ja dazu gesagt haben"},
    ],
    "pause-customer": [
        CASE,
        {"en": "It is your turn", "de": "Sie sind am Zug"},
        "Your log file of Monday",
        STILL,
        AT_WORDS,
        {"en": "as soon as you answer", "de": "sobald Sie antworten"},
    ],
    "pause-provider": [
        CASE,
        {"en": "the turn of a network provider", "de": "Am Zug ist ein Netzbetreiber"},
        "A new line card",
        STILL,
        AT_WORDS,
        DUE_WORDS,
    ],
    "pause-third-party": [
        CASE,
        {"en": "somebody else's turn", "de": "Am Zug ist jemand anderer"},
        "A part from the maker",
        STILL,
        AT_WORDS,
    ],
    "resumed": [
        CASE,
        AT_WORDS,
        "The line card is there.",
        DUE_WORDS,
        {"en": "clocks run again", "de": "Uhren laufen wieder"},
    ],
    "quote": [CASE, "Q-0001", "€240.00", "3:00 h", "Move of the voicemail", "Reply with your order number."],
    "escalation-1": [
        CASE,
        "1 / 3",
        "manager@nordwand.example",
        "It still fails. Every morning.",
        DUE_WORDS,
        {"en": "not satisfied with our answer", "de": "mit unserer Antwort nicht zufrieden"},
    ],
    "escalation-2": [
        CASE,
        "2 / 3",
        "account@nordwand.example",
        "The manager is ill.",
        DUE_WORDS,
        {"en": "not understood you", "de": "nicht verstanden"},
    ],
    "escalation-3": [
        CASE,
        "3 / 3",
        "ceo@nordwand.example",
        DUE_WORDS,
        "The answer was about another phone.",
        "Nobody has called me back.",
        {"en": "Friday, 20 November 2026", "de": "Freitag, 20. November 2026"},
        {"en": "not treat it as urgent enough", "de": "nicht dringend genug"},
    ],
    "acknowledged": [CASE, "2 / 3", "Eva will call you today."],
    "judged-man-made": [
        CASE,
        "A cable was pulled out by hand.",
        {"en": "€120.00", "de": "120,00 €"},
        {"en": "was man-made", "de": "haben Menschen gemacht"},
        {"en": "we charge the time", "de": "verrechnen wir die Zeit"},
        {"en": "At some hours it costs more", "de": "Zu manchen Zeiten kostet sie mehr"},
    ],
    "judged-none": [
        CASE,
        "Only two calls failed.",
        {"en": "not an emergency", "de": "kein Notfall"},
        {"en": "may charge", "de": "können wir die Zeit dafür verrechnen"},
    ],
    "judged-genuine": [CASE, "The card had burnt out.", {"en": "Nothing changes", "de": "ändert sich nichts"}],
    "satisfied": [CASE, {"en": "You are satisfied", "de": "Sie sind zufrieden"}, LINK, REOPEN],
    "not-possible": [
        CASE,
        {"en": "is not possible", "de": "ist nicht möglich"},
        "The phone has no such key.",
        OWED,
        REOPEN,
    ],
    "feature-road-map": [CASE, {"en": "road map", "de": "unsere Pläne"}, "RM-77", "next year", OWED, REOPEN],
    "feature-account-manager": [
        CASE,
        {"en": "account manager", "de": "Kundenbetreuer"},
        "Ms. Gruber",
        REOPEN,
        {"en": "We cannot say yet when", "de": "Wann, können wir noch nicht sagen"},
    ],
    "bug": [
        CASE,
        {"en": "a bug in our product", "de": "einen Fehler in unserem Produkt"},
        "PW-2041",
        "with version 8.2",
        OWED,
        REOPEN,
    ],
    "critical-bug": [CASE, "PW-2042", DUE_WORDS, {"en": "critical", "de": "schwer"}],
    "reopened": [CASE, AT_WORDS, "It fails again.", {"en": "still counts", "de": "gilt weiter"}],
}
