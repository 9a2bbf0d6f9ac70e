"""Pure: changes that are one and the same, seen twice: a line of cron and its file, an account and /etc/passwd.

The second follows the verdict on the first, so that nobody is asked twice, or told two things.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from callout.drift.case import Case, sentence_list
from callout.drift.change import Change, What, finding_id
from callout.drift.explanation import Explanation
from callout.drift.fact_rules import carried_sections, configures_sshd, source_of
from callout.drift.look import Section
from callout.drift.package_rules import explain_package_file
from callout.drift.provenance import Provenance
from callout.drift.system_rules import module_file, programs_of
from callout.drift.traits import same_content

# Facts that tell every word of their file; of the others' files there is more than the facts tell.
_TOLD_WHOLE = ("/etc/passwd", "/etc/group", "/etc/passwd-", "/etc/group-", "/etc/shadow", "/etc/shadow-")
# A table brings them along.
_OF_TABLES = (Section.COLUMNS, Section.INDEXES, Section.COUNTS)
_WORST = (Provenance.UNSUPPORTED, Provenance.UNKNOWN)


class Following:
    """Verdicts on changes, each worked out once."""

    def __init__(self, case: Case, alone: Callable[[Change], Explanation]) -> None:
        self._case, self._alone = case, alone
        self._known: dict[tuple[Section, str], Explanation] = {}

    def verdict(self, change: Change) -> Explanation:
        """The verdict on the change: that of what it follows, else its own."""
        known = self._known.get(change.place)
        if known is None:
            known = self._known[change.place] = self._followed(change) or self._alone(change)
        return known

    def _followed(self, change: Change) -> Explanation | None:
        if change.section is Section.FILES:
            section = carried_sections(change, self._case)
            return self._accounts(change, section) if section else None
        first, own = self._first(change), self._alone(change)
        if not first:
            return self._without_a_file(change, own)
        # What is explained by itself needs no other; what follows something explained is explained with it.
        return own if own.provenance.explains else self._with(first, "with-its-file", own)

    def _without_a_file(self, change: Change, own: Explanation) -> Explanation:
        """What stands in files that are looked at, none of which changed in it: nobody can be told to have set it."""
        told = change.section is Section.SSHD or change.subject.startswith("unit ")
        if (
            own.provenance is not Provenance.UNSUPPORTED
            or not told
            or (change.after or change.before or {}).get("path")
        ):
            return own
        return Explanation(Provenance.UNKNOWN, "doubt", ("No file in which such a thing is set changed in it.",))

    def _first(self, change: Change) -> list[Change]:
        """The changes of files that the fact is written in, or is the work of."""
        case, files = self._case, []
        if (source := source_of(change, case)) is not None:
            files = [source]
        elif change.section is Section.SSHD:
            files = [one for one in case.changes if _configures_sshd(one, case) and _may_set(one, change.subject, case)]
        elif change.section in _OF_TABLES:
            table = case.by_place.get((Section.TABLES, change.subject.partition(".")[0]))
            return [table] if table and table.what is change.what is not What.CHANGED else []
        elif change.section is Section.PORTS:
            paths = programs_of(change)
            files = [found for path in paths if (found := case.by_place.get((Section.FILES, path)))]
        elif change.section is Section.KERNEL and change.subject.startswith("module "):
            file = module_file(change.subject.removeprefix("module "), case)
            files = [file] if file else []
        elif change.section is Section.KERNEL and change.subject.startswith("sysctl "):
            files = _sets(change, case)
        elif change.section is Section.SERVICES and change.subject.startswith("unit "):
            name = change.subject.removeprefix("unit ")
            files = [one for one in case.changes if _is_unit(one, name)]
        return [one for one in files if not same_content(one)]

    def _accounts(self, change: Change, section: Section) -> Explanation | None:
        """A file of accounts: as good as the worst of the accounts in it that changed."""
        case = self._case
        place = case.place(change)
        if section in case.evidence.not_whole:
            return None
        told = [one for one in case.changes if one.section is section and case.place(one).root == place.root]
        if section is Section.USERS and not told:
            # Adding an account to a group, or a group, writes the files of both.
            told = [one for one in case.changes if one.section is Section.GROUPS and case.place(one).root == place.root]
        if told:
            return self._with(told, "with-its-accounts", None)
        if explain_package_file(change, case) is None and place.path in _TOLD_WHOLE:
            same = "All accounts in it are as they were; only the order, or how it is written, differs."
            return Explanation(Provenance.NOISE, "same-accounts", (same,))
        return None

    def _with(self, first: Iterable[Change], rule: str, own: Explanation | None) -> Explanation:
        verdicts = [(one, self.verdict(one)) for one in first]
        if own is not None:
            # A file in which nothing was said otherwise is nothing that a fact could have come of.
            verdicts = [(one, said) for one, said in verdicts if said.provenance is not Provenance.NOISE]
            if not verdicts:
                return own
        for word in _WORST:
            bad = [(one, said) for one, said in verdicts if said.provenance is word]
            if bad:
                break
        else:
            bad = verdicts[:1]
        told = sentence_list((self._name(one) for one, _ in bad), 3)
        worst = bad[0][1]
        if own is not None and own.provenance is Provenance.UNKNOWN and worst.provenance is Provenance.UNSUPPORTED:
            # The file is a person's; that this came of it is as good as certain, but not more.
            worst = own if own.rule == "doubt" and not _only_kind(own) else worst
        evidence = (f"It is the same as {told}.", *worst.evidence)
        return Explanation(worst.provenance, rule, evidence, worst.link)

    def _name(self, change: Change) -> str:
        return f"{finding_id(self._case.evidence.system, change)} ({change.section} {change.shown})"


def _only_kind(own: Explanation) -> bool:
    """True where all that speaks for it is that such a thing alone is no modification."""
    return all(one.startswith("A port is no modification") for one in own.evidence)


def _configures_sshd(change: Change, case: Case) -> bool:
    return change.section is Section.FILES and configures_sshd(case.place(change).path)


def _may_set(change: Change, keyword: str, case: Case) -> bool:
    """Whether a line that differs speaks of the keyword; where the texts are not known it may."""
    texts = case.texts_of(change)
    if texts is None:
        return True
    old, new = (Counter(line.strip().lower() for line in text.splitlines()) for text in texts)
    moved = (old - new) + (new - old)
    return any(re.match(rf"#?\s*(?:{re.escape(keyword)}|include|match)\b", line) for line in moved)


def _is_unit(change: Change, name: str) -> bool:
    if change.section is not Section.FILES or change.subject.rpartition("/")[2] != name:
        return False
    return "/systemd/system" in change.subject


def _sets(change: Change, case: Case) -> list[Change]:
    """The changed files of settings for the kernel that give the key the very value that it has now."""
    key, value = change.subject.removeprefix("sysctl "), (change.after or {}).get("value", "")
    found = []
    for one in case.changes:
        path = case.place(one).path if one.section is Section.FILES else ""
        if path != "/etc/sysctl.conf" and "/sysctl.d/" not in path:
            continue
        for line in case.evidence.texts_after.get(one.subject, "").splitlines():
            name, _, said = line.partition("=")
            if name.strip().lstrip("-").replace("/", ".") == key and " ".join(said.split()) == value:
                found.append(one)
    return found
