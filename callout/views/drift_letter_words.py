"""The words of the letter about changes that were found, in the customer's language. Careful ones: a wrong accusation
costs a customer. What is charged, and why, is the published procedure's."""

from __future__ import annotations

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Changes found on your system",
        "badge drift": "please look at this",
        "badge unknown": "please help us",
        "vendor": "From",
        "customer": "To",
        "date": "Date",
        "ticket": "Ticket",
        "system": "System",
        "baseline": "As it was",
        "look": "As it is",
        "intro drift": "On {look} we looked at {system} and held it against how it was on {baseline}. Something was "
        "changed in between that is not supported, as far as we can tell. This letter says what it is and what can be "
        "done about it. It is no bill.",
        "intro unknown": "On {look} we looked at {system} and held it against how it was on {baseline}. Something was "
        "changed in between, and we cannot tell by whom. That may well be in order: please help us to find out. This "
        "letter is no bill, and accuses nobody.",
        "intro drift older": "On {look} we looked at {system} and held it against how it was on {baseline}, and "
        "against what we had found before that day and let stay for a time. Something is changed there that is not "
        "supported, as far as we can tell. This letter says what it is and what can be done about it. It is no bill.",
        "intro unknown older": "On {look} we looked at {system} and held it against how it was on {baseline}, and "
        "against what we had found before that day and let stay for a time. Something is changed there, and we cannot "
        "tell by whom. That may well be in order: please help us to find out. This letter is no bill, and accuses "
        "nobody.",
        "what": "What we found",
        "what note": "These are direct changes of the base operating system, of the product or of its database. We "
        "have no record of having made them; neither does a package or an upgrade explain them, and we know of no "
        "instructions for them in the documentation.",
        "unknown": "What we could not tell",
        "unknown note": "Of these we cannot say who made them: an update, the product itself, one of you or one of us "
        "may have. Nobody is accused of them.",
        "sections": "These parts could not be compared, so this letter says nothing about them: {sections}.",
        "finding": "Finding",
        "where": "Where",
        "change": "What happened",
        "hint": "Hint",
        "hint at": "by the system's own times last changed on {at}",
        "hint between": "by the system's own times changed between {first} and {last}",
        "group in": "{count} × {kind} in {place}",
        "group": "{count} × {kind}",
        "ids more": "{ids} and {count} more",
        "more": "… and {count} more changes, which our report lists.",
        "when": "Since when",
        "between": "Not yet on {baseline}, and by {look} (times of {zone}). Who was there then we do not know.",
        "older": "Already before {baseline} (times of {zone}): {ids}. We had found that before, it was allowed to stay "
        "for a time, and that time is over.",
        "hint note": "Times that a system gives for its files are hints and prove nothing: clocks can be wrong, and "
        "times can be set.",
        "why": "Why it matters",
        "why rule": "Direct modifications of the base operating system or the database are not supported unless the "
        "instructions have been provided through our documentation.",
        "why base": "An upgrade expects the system as it was installed: it may undo such a change, or fail because of "
        "it. And who looks for a fault later looks in places that nobody knows were changed.",
        "why access": "Some of it decides who can get into the system. If it was not you, somebody else may have a "
        "way in: look at that first.",
        "why database": "The product and its upgrades expect the database as they left it. What is changed there can "
        "distort calls, records and bills without any visible fault.",
        "cost": "What it may cost",
        "cost rule": "If something has to be found or repaired that follows from an unsupported modification, the time "
        "for it is charged as maintenance, whatever the contract. Finding alone may take hours; sometimes the only "
        "repair is to install anew and load the most recent backup.",
        "cost rate": "The rate on file for you is {rate} per hour, without taxes.",
        "cost no rate": "No rate is on file for you; ask us for it before any such work.",
        "cost unknown": "As long as nobody knows who made a change, it is no ground for charging anything.",
        "undo": "How to undo it",
        "undo ours": "If you would rather have us do it, tell us; where possible we quote a reasonable time first.",
        "accept": "How to have it accepted",
        "accept how": "Reply from one of your registered addresses ({addresses}){ticket}, name the number of the "
        "finding (D-…), and say what the change is for and until when it is needed. We can let it stay for up to "
        "{days} days at a time; that does not make it supported, but until then it is not asked about again.",
        "accept ticket": " in ticket {ticket}",
        "accept documented": "If you made the change because our documentation says so, name the page: then it is "
        "supported, and we correct our records.",
        "accept ours": "If one of us told you to make it, or made it, name the ticket: then it is ours.",
    },
    "de": {
        "title": "Änderungen an Ihrem System",
        "badge drift": "bitte ansehen",
        "badge unknown": "bitte um Mithilfe",
        "vendor": "Von",
        "customer": "An",
        "date": "Datum",
        "ticket": "Ticket",
        "system": "System",
        "baseline": "So war es",
        "look": "So ist es",
        "intro drift": "Am {look} haben wir {system} angesehen und mit dem Stand vom {baseline} verglichen. Dazwischen "
        "wurde etwas geändert, das nach allem, was wir erkennen können, nicht unterstützt wird. Dieser Brief sagt, was "
        "es ist und was man tun kann. Er ist keine Rechnung.",
        "intro unknown": "Am {look} haben wir {system} angesehen und mit dem Stand vom {baseline} verglichen. "
        "Dazwischen wurde etwas geändert, und wir können nicht erkennen, von wem. Das kann durchaus in Ordnung sein: "
        "Bitte helfen Sie uns, es zu klären. Dieser Brief ist keine Rechnung und beschuldigt niemanden.",
        "intro drift older": "Am {look} haben wir {system} angesehen und mit dem Stand vom {baseline} verglichen, und "
        "mit dem, was wir schon vor diesem Tag gefunden hatten und was eine Zeit lang stehen bleiben durfte. Etwas ist "
        "dort geändert, das nach allem, was wir erkennen können, nicht unterstützt wird. Dieser Brief sagt, was es ist "
        "und was man tun kann. Er ist keine Rechnung.",
        "intro unknown older": "Am {look} haben wir {system} angesehen und mit dem Stand vom {baseline} verglichen, "
        "und mit dem, was wir schon vor diesem Tag gefunden hatten und was eine Zeit lang stehen bleiben durfte. Etwas "
        "ist dort geändert, und wir können nicht erkennen, von wem. Das kann durchaus in Ordnung sein: Bitte helfen "
        "Sie uns, es zu klären. Dieser Brief ist keine Rechnung und beschuldigt niemanden.",
        "what": "Was wir gefunden haben",
        "what note": "Das sind direkte Änderungen am Betriebssystem, am Produkt oder an seiner Datenbank. Wir haben "
        "keine Aufzeichnung, dass sie von uns sind; auch ein Paket oder eine neue Version erklärt sie nicht, und wir "
        "kennen keine Anleitung dafür in der Dokumentation.",
        "unknown": "Was wir nicht erkennen konnten",
        "unknown note": "Von wem diese Änderungen sind, können wir nicht sagen: Ein Update, das Produkt selbst, jemand "
        "von Ihnen oder jemand von uns kann es gewesen sein. Niemand wird beschuldigt.",
        "sections": "Diese Teile konnten nicht verglichen werden, über sie sagt dieser Brief also nichts: {sections}.",
        "finding": "Befund",
        "where": "Wo",
        "change": "Was geschah",
        "hint": "Hinweis",
        "hint at": "nach den Zeiten des Systems zuletzt geändert am {at}",
        "hint between": "nach den Zeiten des Systems geändert zwischen {first} und {last}",
        "group in": "{count} × {kind} in {place}",
        "group": "{count} × {kind}",
        "ids more": "{ids} und {count} weitere",
        "more": "… und {count} weitere Änderungen; unser Bericht führt sie auf.",
        "when": "Seit wann",
        "between": "Noch nicht am {baseline}, und spätestens am {look} (Zeiten von {zone}). Wer damals daran war, "
        "wissen wir nicht.",
        "older": "Schon vor dem {baseline} (Zeiten von {zone}): {ids}. Wir hatten das schon vorher gefunden, es durfte "
        "eine Zeit lang stehen bleiben, und diese Zeit ist um.",
        "hint note": "Die Zeiten, die ein System für seine Dateien angibt, sind Hinweise und beweisen nichts: Uhren "
        "können falsch gehen, und Zeiten lassen sich setzen.",
        "why": "Warum das wichtig ist",
        "why rule": "Direkte Änderungen am Betriebssystem oder an der Datenbank werden nicht unterstützt, außer die "
        "Anleitung dazu steht in unserer Dokumentation.",
        "why base": "Eine neue Version erwartet das System so, wie es installiert wurde: Sie kann eine solche Änderung "
        "zurücknehmen oder an ihr scheitern. Und wer später einen Fehler sucht, sucht an Stellen, von deren Änderung "
        "niemand weiß.",
        "why access": "Ein Teil davon bestimmt, wer in das System kommt. Wenn Sie es nicht waren, hat vielleicht "
        "jemand anderer einen Zugang: Sehen Sie sich das zuerst an.",
        "why database": "Das Produkt und seine neuen Versionen erwarten die Datenbank so, wie sie sie hinterlassen "
        "haben. Was dort geändert ist, kann Gespräche, Aufzeichnungen und Abrechnungen verfälschen, ohne dass man "
        "einen Fehler sieht.",
        "cost": "Was es kosten kann",
        "cost rule": "Muss etwas gesucht oder repariert werden, das aus einer nicht unterstützten Änderung folgt, so "
        "wird die Zeit dafür als Wartung verrechnet, unabhängig vom Vertrag. Schon die Suche kann Stunden dauern; "
        "manchmal hilft nur, neu zu installieren und die letzte Sicherung einzuspielen.",
        "cost rate": "Der für Sie hinterlegte Satz ist {rate} je Stunde, ohne Steuern.",
        "cost no rate": "Für Sie ist kein Satz hinterlegt; fragen Sie uns danach, bevor so etwas begonnen wird.",
        "cost unknown": "Solange niemand weiß, von wem eine Änderung ist, ist sie kein Grund, etwas zu verrechnen.",
        "undo": "Wie man es rückgängig macht",
        "undo ours": "Wenn es lieber wir machen sollen, sagen Sie es uns; wo es möglich ist, nennen wir zuerst eine "
        "angemessene Zeit als Angebot.",
        "accept": "Wie man es genehmigen lässt",
        "accept how": "Antworten Sie von einer Ihrer hinterlegten Adressen ({addresses}){ticket}, nennen Sie die "
        "Nummer des Befundes (D-…), und sagen Sie, wofür die Änderung ist und bis wann sie gebraucht wird. Wir können "
        "sie jeweils bis zu {days} Tage stehen lassen; unterstützt ist sie damit nicht, aber so lange wird nicht "
        "wieder nach ihr gefragt.",
        "accept ticket": " im Ticket {ticket}",
        "accept documented": "Wenn Sie die Änderung gemacht haben, weil unsere Dokumentation es so sagt, nennen Sie "
        "die Seite: Dann ist sie unterstützt, und wir berichtigen unsere Aufzeichnungen.",
        "accept ours": "Wenn jemand von uns sie veranlasst oder gemacht hat, nennen Sie das Ticket: Dann ist sie "
        "unsere.",
    },
}
