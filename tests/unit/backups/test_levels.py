"""Verification levels on a real store: what each looks at, finds, and writes down."""

from __future__ import annotations

from pathlib import Path

import pytest

from callout.backups.archive import repository_of
from callout.backups.manifest import Entry, EntryKind, Tally
from callout.backups.packing import Packer
from callout.backups.record import BackupRecord, Level, Verification
from callout.backups.standing import Standing, first_standing
from callout.backups.structure import compare_listing
from callout.errors import BackupFailed
from callout.findings import Finding, Status
from callout.steps.backup import back_up, verify_again
from callout.steps.context import Context
from tests.unit.backups.practice_site import PracticeSite

CHECKS = {
    Level.STRUCTURE: ["backup.repository", "backup.manifest", "backup.listing"],
    Level.SAMPLE: [
        "backup.archive", "backup.manifest", "backup.listing", "backup.sample.stored", "backup.sample.source",
    ],
    Level.DATA: ["backup.repository", "backup.manifest", "backup.data", "backup.sample.source"],
}  # fmt: skip


def codes(verification: Verification) -> dict[str, str]:
    return {finding.check: finding.code for finding in verification.findings if finding.blocks}


def test_each_level_takes_its_looks_and_notes_them_and_structure_asks_the_system_nothing(
    context: Context, site: PracticeSite
) -> None:
    system = site.system()
    record = back_up(context, system, level=Level.STRUCTURE)
    local = context.connect(system.target)
    assert record.verification.findings[0].check == "backup.listing"
    for level, checks in CHECKS.items():
        asked = len(local.scripts)  # type: ignore[attr-defined]
        verification = verify_again(context, system, record.id, level=level)
        assert verification.good
        assert [finding.check for finding in verification.findings] == checks
        assert (len(local.scripts) == asked) is (level is Level.STRUCTURE)  # type: ignore[attr-defined]
    notes = [event.body for event in context.ledger.events(kind="noted")]
    assert [(note["level"], note["good"]) for note in notes] == [(str(level), True) for level in Level]


def test_what_structure_does_not_see_data_does_and_the_other_way_round(context: Context, site: PracticeSite) -> None:
    system = site.system()
    record = back_up(context, system, level=Level.STRUCTURE)
    largest = max(Path(record.repository).glob("data/0/*"), key=lambda path: path.stat().st_size)
    content = largest.read_bytes()
    largest.write_bytes(content[: len(content) // 2])
    assert codes(verify_again(context, system, record.id, level=Level.STRUCTURE))["backup.repository"] == "damaged"
    largest.unlink()
    found = verify_again(context, system, record.id, level=Level.DATA)
    assert {finding.status for finding in found.findings if finding.check == "backup.repository"} == {Status.FAIL}
    assert all(finding.remedy and finding.move for finding in found.findings if finding.blocks)


ENTRY = Entry("files/opt/a", EntryKind.FILE, 5, 0o4755, 7, 8, 10**18, sha256="")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ([ENTRY], ""),
        ([], "stands in it, which is not named"),
        ([ENTRY, Entry("files/opt/b", EntryKind.FOLDER, 0, 0o755, 0, 0, 0)], "stands where"),
        ([Entry("files/opt/b", EntryKind.FILE, 5, 0o4755, 7, 8, 0)], "stands where"),
        ([Entry("files/opt/a", EntryKind.FILE, 6, 0o4755, 7, 8, 0)], "another size"),
        ([Entry("files/opt/a", EntryKind.FILE, 5, 0o755, 7, 8, 0)], "another mode"),
        ([Entry("files/opt/a", EntryKind.FILE, 5, 0o4755, 7, 9, 0)], "another owner"),
        ([Entry("files/opt/a", EntryKind.FOLDER, 5, 0o4755, 7, 8, 0)], "another kind"),
    ],
)
def test_a_listing_that_is_not_the_manifests(
    store: tuple[Context, PracticeSite], named: list[Entry], said: str
) -> None:
    context, site = store
    repository = repository_of(site.system(), context.places)
    tally = Tally()
    with (site.home / "manifest").open("w+b") as manifest:
        for entry in named:
            manifest.write(tally.add(entry))
        manifest.seek(0)
        found = compare_listing(repository, "one", manifest)
    assert (found.status is Status.PASS) is (said == "")
    assert said in found.seen


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Context, PracticeSite]:
    """A store whose archive `one` holds ENTRY and a manifest."""
    from tests.unit.backups.change_desk import NOW, context_at

    home = tmp_path_factory.mktemp("store")
    site = PracticeSite(home / "system", home)
    context = context_at(site, home, NOW)
    repository = repository_of(site.system(), context.places)
    repository.ensure()
    with (home / "first").open("w+b") as manifest, repository.importing("one") as sink:
        packer = Packer(sink, manifest)
        packer.add(ENTRY, [b"12345"])
        packer.finish()
    repository.complete("one")
    return context, site


def test_a_store_that_is_not_there_says_nothing_about_the_backup(context: Context, site: PracticeSite) -> None:
    record: BackupRecord = back_up(context, site.system(), level=Level.STRUCTURE)
    Path(record.repository).rename(site.home / "away")
    with pytest.raises(BackupFailed, match="not there"):
        verify_again(context, site.system(), record.id)
    assert list(context.ledger.events(kind="noted")) == []


def verification(status: Status, level: Level = Level.DATA) -> Verification:
    return Verification(level, (Finding("backup.data", status, "x", "x"),))


def test_the_standing_of_a_backup() -> None:
    assert first_standing(None) == first_standing(Verification(Level.DATA, ())) == Standing()
    good = first_standing(verification(Status.PASS, Level.SAMPLE))
    assert good.reaches(Level.STRUCTURE)
    assert not good.reaches(Level.DATA)
    assert good.after(Level.DATA, True).reaches(Level.DATA)
    failed = good.after(Level.DATA, False)
    assert not failed.after(Level.SAMPLE, True).good
    assert failed.after(Level.DATA, True).reaches(Level.DATA)
    # Mended after structure failed is not proved to the last byte any more.
    mended = first_standing(verification(Status.PASS)).after(Level.STRUCTURE, False).after(Level.STRUCTURE, True)
    assert mended.good
    assert not mended.reaches(Level.SAMPLE)
