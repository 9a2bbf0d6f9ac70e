"""What the tests of drift's rules share: a system between two looks, told in few words, judged by the real rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from callout.drift.catalogue import Catalogue
from callout.drift.change import Change
from callout.drift.compare import fact_change, file_change
from callout.drift.evidence import Evidence, LookWord, PatchedFile, Restored, RestoredFile
from callout.drift.judged import Judged
from callout.drift.look import FileSeen, Section
from callout.drift.package_words import AccountWord, Match, PackageEvidence, PackageWord
from callout.drift.verdict import judge
from callout.inventory.operation import OperatingProfile, operating_profile_values

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
BASELINE_AT, LOOKED_AT = NOW - dt.timedelta(days=10), NOW - dt.timedelta(minutes=5)
BETWEEN_S = (NOW - dt.timedelta(days=3)).timestamp()
PROFILE = OperatingProfile.model_validate(operating_profile_values("pbxware", {})).drift
CATALOGUE = Catalogue.of(PROFILE)
PW = "/opt/pbxware/pw"
OLD, NEW, OTHER = "a" * 64, "b" * 64, "c" * 64


def evidence(**more: Any) -> Evidence:
    """All was asked, nothing speaks for anybody, and the product has one version."""
    before = LookWord("K-1", BASELINE_AT, int(BASELINE_AT.timestamp()), "8.1 (a35a9165)")
    after = LookWord("K-2", LOOKED_AT, int(LOOKED_AT.timestamp()), "8.1 (a35a9165)")
    whole = PackageEvidence(whole=True)
    return Evidence(**{"system": "acme-pbx1", "before": before, "after": after, "packages": whole, **more})


def upgraded() -> dict[str, LookWord]:
    """The product has another version than in the baseline."""
    plain = evidence()
    return {"before": replace(plain.before, version="8.0 (11111111)"), "after": plain.after}


def seen(**more: Any) -> FileSeen:
    """An ordinary file of root's, as the baseline has it."""
    at = f"{BASELINE_AT.timestamp():.0f}.0"
    told = {"kind": "f", "size": 100, "mode": 0o644, "uid": 0, "gid": 0, "mtime": at, "ctime": at, "inode": "11"}
    return FileSeen(**{**told, "device": "2049", "links": 1, "sha256": OLD, **more})


def touched(**more: Any) -> FileSeen:
    """The same file, written between the looks."""
    return seen(**{"mtime": f"{BETWEEN_S:.0f}.0", "ctime": f"{BETWEEN_S:.0f}.0", **more})


def changed(path: str, before: Mapping[str, Any] | None = None, **after: Any) -> Change:
    """A file that holds something else than before."""
    found = file_change(path, seen(**(before or {})), touched(**{"sha256": NEW, "size": 120, **after}))
    assert found is not None
    return found


def added(path: str, **after: Any) -> Change:
    """A file that was not there."""
    found = file_change(path, None, touched(**{"sha256": NEW, **after}))
    assert found is not None
    return found


def removed(path: str, **before: Any) -> Change:
    """A file that is not there any more."""
    found = file_change(path, seen(**before), None)
    assert found is not None
    return found


def fact(section: Section, subject: str, before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> Change:
    """A fact that came, went or says something else."""
    return fact_change(section, subject, before, after)


def package(name: str, before: str, after: str) -> Change:
    """A package that moved; an empty version is "not installed"."""
    values = [{"version": one, "manager": "dpkg", "state": "installed"} if one else None for one in (before, after)]
    return fact_change(Section.PACKAGES, f"{name}:amd64", *values)


def words(*paths: str, package: str = "bash", shipped: Match = Match.SAME, **more: Any) -> PackageEvidence:
    """A whole answer of the package manager: the paths are that package's."""
    return PackageEvidence(
        paths=tuple(PackageWord(path, package, "5.1-3", shipped, **more) for path in paths), whole=True
    )


def account_words(*names: str, package: str = "nginx") -> PackageEvidence:
    """A whole answer: that package's scripts make the accounts."""
    return PackageEvidence(accounts=tuple(AccountWord(name, package) for name in names), whole=True)


def patched(after: str = NEW, **more: Any) -> tuple[PatchedFile, ...]:
    """One application of a bundle of ours."""
    told = {"bundle": "PW-2041", "callout": "C-2026-0007", "event": "E-9", "at": NOW - dt.timedelta(days=3)}
    return (PatchedFile(**{**told, "before": OLD, "after": after, "mode": "0644", "owner": "0:0", **more}),)


def restored(path: str, *, days_ago: int = 2, **left: Any) -> tuple[Restored, ...]:
    """One restore of ours, which brought that path."""
    at = NOW - dt.timedelta(days=days_ago)
    file = RestoredFile(**{"kind": "f", "mark": NEW, "mode": 0o644, "uid": 0, "gid": 0, **left})
    return (Restored(f"E-{days_ago}", "C-2026-0009", at, at, (path,), {path: file}, backup="B-1"),)


def verdicts(
    changes: Iterable[Change], told: Evidence | None = None, catalogue: Catalogue = CATALOGUE
) -> tuple[Judged, ...]:
    """What the rules say of them."""
    return judge(changes, told or evidence(), catalogue, now=NOW)


def verdict(change: Change, told: Evidence | None = None, *others: Change, catalogue: Catalogue = CATALOGUE) -> Judged:
    """What they say of the first one."""
    return next(one for one in verdicts((change, *others), told, catalogue) if one.change == change)
