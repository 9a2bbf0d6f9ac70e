"""Pure: the verdict on each change. First whatever explains it; then whatever could; only then is it unsupported.

The order of the rules is the order of how much they prove. A rule that finds nothing says nothing: so each piece of
evidence can only ever speak *for* somebody, and taking one away never explains more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from callout.drift.allowed import explain_by_catalogue
from callout.drift.case import Case, sentence_list
from callout.drift.catalogue import Catalogue
from callout.drift.change import Change, finding_id
from callout.drift.compare import in_order
from callout.drift.database_rules import explain_database_noise, explain_database_restore
from callout.drift.doubts import doubts
from callout.drift.evidence import Evidence
from callout.drift.explanation import Explanation
from callout.drift.fact_rules import explain_account, explain_sshd
from callout.drift.following import Following
from callout.drift.judged import Judged
from callout.drift.links import explain_link
from callout.drift.look import Section
from callout.drift.noise import explain_noise
from callout.drift.our_rules import explain_ours, what_restores_left, what_we_left
from callout.drift.package_rules import explain_package, explain_package_file
from callout.drift.provenance import Provenance
from callout.drift.system_rules import explain_firewall, explain_kernel, explain_mount, explain_port, explain_service
from callout.drift.territory import Ground, ground_of
from callout.drift.times import time_hints
from callout.drift.upgrade_rules import explain_upgrade
from callout.drift.waiver import waiver_for

Rule = Callable[[Change, Case], Explanation | None]

RULES: Sequence[Rule] = (
    explain_ours,
    explain_package_file,
    explain_package,
    explain_noise,
    explain_link,
    explain_account,
    explain_sshd,
    explain_port,
    explain_kernel,
    explain_service,
    explain_firewall,
    explain_mount,
    explain_database_noise,
    explain_database_restore,
    explain_by_catalogue,
    explain_upgrade,
)
MOST_LOGINS = 5


def judge(
    changes: Iterable[Change], evidence: Evidence, catalogue: Catalogue, *, now: dt.datetime
) -> tuple[Judged, ...]:
    """Every change with its verdict, by section and subject. `now` (aware) is for waivers alone.

    The order of the changes, of the evidence and of the waivers makes no difference.
    """
    case = Case(in_order(changes), evidence, catalogue)
    following = Following(case, lambda change: _alone(change, case))
    return tuple(_judged(change, following.verdict(change), case, now) for change in case.changes)


def _alone(change: Change, case: Case) -> Explanation:
    """The verdict on a change by itself."""
    for rule in RULES:
        found = rule(change, case)
        if found is not None:
            return found
    standing = tuple(dict.fromkeys(doubts(change, case)))
    if standing:
        return Explanation(Provenance.UNKNOWN, "doubt", standing)
    ground = ground_of(change, case)
    if ground is Ground.NOBODYS and not _by_policy(change, case):
        return Explanation(Provenance.UNKNOWN, "nobodys-ground", (f"It is on the ground of {ground}.",))
    return Explanation(Provenance.UNSUPPORTED, "nothing-explains-it", tuple(_ruled_out(change, case, ground)))


def _by_policy(change: Change, case: Case) -> bool:
    return change.section is Section.PACKAGES and case.catalogue.new_packages == "refuse"


def _ruled_out(change: Change, case: Case, ground: Ground) -> Iterable[str]:
    """What an accusation stands on: everything that was asked, and said no."""
    if _by_policy(change, case):
        yield "Packages are not added or removed without being asked for (callout_policy.drift.new_packages)."
        return
    yield f"It is a direct modification of {ground}, and nothing that may make one explains it."
    if change.section is Section.FILES:
        left, brought = what_we_left(change, case), what_restores_left(change, case)
        if left is not None:
            yield f"We did not: {left.bundle} ({left.callout}) left it otherwise."
        if brought is not None:
            yield f"We did not: the restore {brought[0].event} of {brought[0].callout} left it otherwise."
        if left is None and brought is None:
            yield "We did not: no bundle and no restore of ours in the ledger touches it."
        words = case.words.get(change.subject, ())
        if words:
            listed = sentence_list(f"{word.package} {word.version}" for word in words)
            yield f"No package did: it belongs to {listed}, which did not move between the looks."
        else:
            yield "No package did: none claims it, and none moved there between the looks."
    else:
        yield "We did not: no call-out of ours in the ledger says so."
    yield f"No upgrade did: the product has version {case.evidence.after.version} in both looks."
    yield "The catalogue of documented procedures and of the product's own data does not name it."


def _judged(change: Change, said: Explanation, case: Case, now: dt.datetime) -> Judged:
    identifier = finding_id(case.evidence.system, change)
    if said.provenance.explains:
        return Judged(identifier, change, said.provenance, said.rule, said.evidence, (), said.link)
    waiver, ended = waiver_for(case.evidence.waivers, identifier, change, now)
    hints = time_hints(change, case.evidence)
    if case.evidence.logins:
        hints.append(f"Logged in then: {sentence_list(sorted(case.evidence.logins), MOST_LOGINS)}.")
    hints += _package_log(change, case)
    if ended is not None and waiver is None:
        hints.append(f"It was waived until {ended.expires_at:%Y-%m-%d} ({ended.ticket}): that has expired.")
    carried = change.place in case.evidence.carried
    return Judged(
        identifier, change, said.provenance, said.rule, said.evidence, tuple(hints), said.link, waiver, carried
    )  # fmt: skip


def _package_log(change: Change, case: Case) -> list[str]:
    names = {word.package for word in case.words.get(change.subject, ())}
    if change.section is Section.PACKAGES:
        names.add(case.place(change).path.partition(":")[0])
    lines = [line for line in case.evidence.packages.log if line.package.partition(":")[0] in names]
    told = (f"{line.moment} {line.action} {line.package} {line.before} {line.after}".strip() for line in lines)
    return [f"The package manager's log says: {sentence_list(sorted(told), 3)}."] if lines else []
