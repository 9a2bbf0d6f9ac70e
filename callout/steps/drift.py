"""A look at a system, held against its baseline: what is different, and who made it so."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callout.drift.carried import with_carried
from callout.drift.catalogue import Catalogue, catalogue_of
from callout.drift.change import Change, finding_id
from callout.drift.compare import Compared, compare
from callout.drift.evidence import Evidence
from callout.drift.judged import Judged
from callout.drift.look import LookFile, differing
from callout.drift.report import DriftReport, report_of
from callout.drift.scope import drift_scope_of
from callout.drift.shelf import SALT_BYTES, SUFFIX, open_look, salt_of, write_look
from callout.drift.verdict import judge
from callout.errors import BadInput
from callout.ledger.event import Event, canonical
from callout.steps.baseline_trust import believed_baseline, newest_baseline
from callout.steps.context import Context
from callout.steps.drift_evidence import evidence_between, questions_of
from callout.steps.drift_report import REPORT_SUFFIX, keep_report
from callout.steps.plan import AskVersion, reported_version

if TYPE_CHECKING:
    from callout.drift.collecting import Randomness
    from callout.inventory.models import System

# So many findings stand in the ledger one by one; the others are counted, and are in the look for whoever asks.
MOST_RECORDED = 500
# An event holds 1 MiB; paths and values of a system may be long.
MOST_RECORDED_BYTES = 768 * 1024
# Looks that are no baseline are kept so long: the newest, and as many before it.
LOOKS_KEPT = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """A look that lies on our side, with the hash of its file."""

    look: LookFile
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One look against the baseline. `disagreements` are those of the look and of the package managers' words."""

    system: str
    customer: str
    baseline: Event
    before: LookFile
    after: Kept
    compared: Compared
    evidence: Evidence
    judged: tuple[Judged, ...]

    @property
    def report(self) -> DriftReport:
        """What it came to. Where two ways of looking told differently, also about packages, it is unknown."""
        look = self.after.look.look
        look = replace(look, disagreements=(*look.disagreements, *self.evidence.packages.disagreements))
        return report_of(self.before.look, look, self.compared, self.judged, customer=self.customer)


def fresh_randomness() -> Randomness:
    """What nobody on the system may foresee."""
    from callout.drift.collecting import Randomness

    return Randomness(secrets.randbits(64), secrets.token_hex(16))


def take_look(
    context: Context,
    system: System,
    previous: LookFile | None,
    *,
    full: bool,
    ask_version: AskVersion = reported_version,
    randomness: Callable[[], Randomness] = fresh_randomness,
) -> Kept:
    """A look at the system, kept on our side. Changes nothing there. Raises Unreachable, TrustRefused, CalloutError."""
    from callout.drift.collecting import collect

    folder = looks_folder(context, system.name)
    look = collect(
        context.connect(system.target),
        drift_scope_of(system),
        previous=previous,
        full=full,
        randomness=randomness(),
        salt=salt_of(folder, secrets.token_bytes(SALT_BYTES)),
        now=context.now,
        product_version=ask_version(system) or "",
    )
    path, sha256 = write_look(folder, look.look, look.entries())
    # Read again from the disk from here on: what is judged is what is kept.
    return Kept(open_look(path, sha256), path, sha256)


def find_drift(
    context: Context,
    system: System,
    callout: str = "",
    *,
    full: bool = False,
    ask_version: AskVersion = reported_version,
    randomness: Callable[[], Randomness] = fresh_randomness,
) -> tuple[Event, Comparison]:
    """Looks, compares with the newest baseline, judges; recorded as `drift_looked`, whatever it came to.

    Raises BadInput where there is no baseline yet, TrustRefused for one that is not believed, and what `take_look`
    raises: then nothing is recorded, for nothing was found out.
    """
    found = compare_now(context, system, full=full, ask_version=ask_version, randomness=randomness)
    event = record_comparison(context, system, callout, found)
    forget_looks(context, system.name)
    return event, found


def record_comparison(context: Context, system: System, callout: str, found: Comparison) -> Event:
    """The `drift_looked` event; the whole report is kept beside the look first."""
    report = found.report
    sha256 = keep_report(looks_folder(context, system.name), found.after.look.look.id, report)
    return context.record("drift_looked", system, callout, looked_body(found, report, sha256))


def compare_now(
    context: Context,
    system: System,
    *,
    full: bool,
    ask_version: AskVersion = reported_version,
    randomness: Callable[[], Randomness] = fresh_randomness,
) -> Comparison:
    """The same, recorded nowhere. The look is kept."""
    baseline = newest_baseline(context.ledger, system.name)
    if baseline is None:
        raise BadInput(f"{system.name} has no baseline yet.", f"Record one: callout baseline record {system.name}")
    before = believed_baseline(context, system, baseline)
    after = take_look(context, system, before, full=full, ask_version=ask_version, randomness=randomness)
    compared = compare(before.look, after.look.look, differing(before, after.look))
    compared = with_carried(compared, baseline.body["carried"])
    catalogue = catalogue_of(system)
    evidence = _evidence(context, system, before, after, compared, catalogue, randomness)
    judged = judge(compared.changes, evidence, catalogue, now=context.now())
    return Comparison(system.name, system.customer.id, baseline, before, after, compared, evidence, judged)


def looked_body(found: Comparison, report: DriftReport, report_sha256: str) -> dict[str, object]:
    """What the ledger keeps of a comparison: every finding that somebody has to be asked about, or was waived."""
    standing = [one.as_dict() for one in report.judged if not one.provenance.explains]
    recorded = _fitting(standing)
    return {
        "look": report.look.id,
        "sha256": found.after.sha256,
        "hashed": str(report.hashed),
        "baseline": found.baseline.id,
        "baseline_look": report.baseline.id,
        "baseline_at": found.baseline.at,
        "outcome": str(report.outcome),
        "counts": dict(report.counts),
        "findings": recorded,
        "more": len(standing) - len(recorded),
        # Waived ones of before the baseline, which took them over; one that was changed again has another name by now.
        "carried": list(
            dict.fromkeys(
                [
                    *(finding_id(found.system, Change.from_dict(one)) for one in found.baseline.body["carried"]),
                    *(one.id for one in found.judged if one.carried),
                ]
            )
        ),
        "unknown": [{"section": str(section), "why": why} for section, why in report.unknown],
        "disagreements": list(report.disagreements),
        "version": report.look.version,
        "report_sha256": report_sha256,
    }


def _fitting(findings: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first ones, as many as an event has room for."""
    kept, size = [], 0
    for one in findings[:MOST_RECORDED]:
        size += len(canonical(one).encode())
        if size > MOST_RECORDED_BYTES:
            break
        kept.append(one)
    return kept


def looks_folder(context: Context, system: str) -> Path:
    """Where the looks at a system are."""
    return context.places.baselines / system


def forget_looks(context: Context, system: str) -> list[Path]:
    """Removes looks that are no baseline but for the newest ones, and gives back which.

    Their verdicts stay in the ledger; a look without an event (of a run that was cut) goes, too.
    """
    baselines = {str(event.body["look"]) for event in context.ledger.events(kind="baseline_recorded", system=system)}
    files = sorted(looks_folder(context, system).glob(f"*{SUFFIX}"))
    others = [file for file in files if file.name.removesuffix(SUFFIX) not in baselines]
    gone = others[:-LOOKS_KEPT]
    for file in gone:
        file.unlink(missing_ok=True)
        file.with_suffix(REPORT_SUFFIX).unlink(missing_ok=True)
    return gone


def _evidence(
    context: Context,
    system: System,
    before: LookFile,
    after: Kept,
    compared: Compared,
    catalogue: Catalogue,
    randomness: Callable[[], Randomness],
) -> Evidence:
    """One more round trip, where anything changed that a package manager may know of."""
    from callout.drift.evidence_look import look_for_evidence
    from callout.drift.package_words import PackageEvidence

    packages = PackageEvidence(whole=True)
    paths, accounts = questions_of(compared.changes, catalogue.roots)
    if paths or accounts:
        session = context.connect(system.target)
        packages = look_for_evidence(session, drift_scope_of(system), paths, accounts, randomness=randomness())
    return evidence_between(context, system, before.look, after.look.look, compared, packages)
