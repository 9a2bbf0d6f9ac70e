"""How one change is undone, as a sentence, by what it is. What was there is named where it is short enough."""

from __future__ import annotations

from collections.abc import Mapping

from callout.drift.change import Change, Values, What, lasting
from callout.drift.judged import Judged
from callout.drift.look import Section
from callout.drift.provenance import Provenance
from callout.views.drift_words import family_of

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "file added": "Keep a copy of it elsewhere, then remove it.",
        "file removed": "Put it back as it was, from the newest backup that has it.",
        "file changed": "Keep a copy of it elsewhere, then put back what was there, from a backup of before "
        "the change.",
        "file rights": "Give it the rights and the owner that it had: mode {mode}, owner {owner}.",
        "package added": "Remove the package with the package manager, if nothing else of the system needs it.",
        "package removed": "Install the package again with the package manager: {before}.",
        "package changed": "Install the version that was there with the package manager: {before}.",
        "base added": "Take it out again where it was put in, and see that it does not come back with a restart.",
        "base removed": "Set it up again as it was: {before}.",
        "base changed": "Set it back to what it was: {before}.",
        "access added": "Take it out again, after you have made sure that nobody loses the way in by that.",
        "access removed": "Set it up again as it was: {before}.",
        "access changed": "Set it back to what it was, and keep a second way in open meanwhile: {before}.",
        "database added": "Take a backup of the database, then drop it.",
        "database removed": "Bring it back from a backup of the database of before the change.",
        "database changed": "Take a backup of the database, then bring back its former definition: {before}.",
        "ask first": "First find out who made it, and for what. If nobody needs it: {undo}",
        "as the report shows": "as the report of this look shows it",
    },
    "de": {
        "file added": "Bewahren Sie anderswo eine Kopie davon auf, und entfernen Sie sie dann.",
        "file removed": "Stellen Sie sie aus der neuesten Sicherung wieder her, in der sie enthalten ist.",
        "file changed": "Bewahren Sie anderswo eine Kopie davon auf, und stellen Sie dann den früheren Inhalt aus "
        "einer Sicherung von vor der Änderung wieder her.",
        "file rights": "Geben Sie ihr wieder die früheren Rechte und den früheren Eigentümer: Rechte {mode}, "
        "Eigentümer {owner}.",
        "package added": "Entfernen Sie das Paket mit der Paketverwaltung, wenn nichts anderes im System es braucht.",
        "package removed": "Installieren Sie das Paket mit der Paketverwaltung wieder: {before}.",
        "package changed": "Installieren Sie mit der Paketverwaltung die frühere Version: {before}.",
        "base added": "Nehmen Sie es dort wieder heraus, wo es eingetragen wurde, und prüfen Sie, dass es nach einem "
        "Neustart nicht wiederkommt.",
        "base removed": "Richten Sie es wieder ein, wie es war: {before}.",
        "base changed": "Setzen Sie es auf den früheren Stand zurück: {before}.",
        "access added": "Nehmen Sie es wieder heraus, nachdem Sie sichergestellt haben, dass dadurch niemand den "
        "Zugang verliert.",
        "access removed": "Richten Sie es wieder ein, wie es war: {before}.",
        "access changed": "Setzen Sie es auf den früheren Stand zurück, und halten Sie so lange einen zweiten Zugang "
        "offen: {before}.",
        "database added": "Sichern Sie die Datenbank, und entfernen Sie es dann.",
        "database removed": "Stellen Sie es aus einer Sicherung der Datenbank von vor der Änderung wieder her.",
        "database changed": "Sichern Sie die Datenbank, und stellen Sie dann die frühere Definition wieder her: "
        "{before}.",
        "ask first": "Klären Sie zuerst, von wem es ist und wofür. Wenn es niemand braucht: {undo}",
        "as the report shows": "wie es der Bericht zu dieser Prüfung zeigt",
    },
}
LONGEST_BEFORE = 160


def remedy(one: Judged, language: str) -> str:
    """What to do about a finding: undo it; where nobody knows whose it is, ask before."""
    back = undo(one.change, language)
    if one.provenance is not Provenance.UNKNOWN:
        return back
    return SENTENCES[language]["ask first"].format(undo=back)


def undo(change: Change, language: str) -> str:
    """How to undo it. `language` is `en` or `de`."""
    said = SENTENCES[language]
    before = change.before or {}
    if change.section is Section.FILES:
        if change.what is What.CHANGED and change.only("mode", "owner", "time", "links"):
            owner = f"{before.get('uid', '?')}:{before.get('gid', '?')}"
            return said["file rights"].format(mode=before.get("mode", "?"), owner=owner)
        return said[f"file {change.what}"]
    family = "package" if change.section is Section.PACKAGES else family_of(change.section)
    return said[f"{family} {change.what}"].format(before=_before(change, said["as the report shows"]))


def _before(change: Change, otherwise: str) -> str:
    """The values that differ, as they were; where they are long, a hint at where they can be read."""
    was: Values = lasting(change.before) or {}
    named = {key: was[key] for key in (change.aspects or was) if was.get(key)}
    told = ", ".join(f"{key} {value}" for key, value in named.items())
    return told if named and len(told) <= LONGEST_BEFORE and "\\n" not in told else otherwise
