"""What a restore of ours put back is ours in the next look, by the backup's manifest; what was done after it is not."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from callout.backups.restoring.selection import Asked
from callout.drift.change import Change, What
from callout.drift.evidence import Restored, RestoredFile
from callout.drift.look import Section
from callout.inventory import System
from callout.inventory.drift import Allowance
from callout.steps.backup import back_up
from callout.steps.context import Context
from callout.steps.drift import Comparison
from callout.steps.record import open_callout
from callout.steps.restore import undo_restore
from callout.steps.restored_files import left_files
from tests.unit.backups.practice_site import NEWLINE, PracticeSite, write_program
from tests.unit.backups.restore_site import put_back, restorable
from tests.unit.steps.drift_desk import OWN, found, recorded


@pytest.fixture
def system(site: PracticeSite) -> System:
    """All of the site is the vendor's ground; what is this machine's own is nobody's matter."""
    made = restorable(site)
    write_program(site.product / "sh/tool", "#!/bin/sh\nexit 0\n")
    own = tuple(Allowance.model_validate(
        {"section": name, "provenance": "product_data", "subjects": ["**"], "why": "Not its own."}
    ) for name in OWN)  # fmt: skip
    drift = made.operation.drift.model_copy(update={
        "roots": (str(site.root),), "prune": (), "vendor": (f"{site.product}/**",), "allowed": own, "unclear": (),
        "file_systems": (),
    })  # fmt: skip
    return made.model_copy(update={"operation": made.operation.model_copy(update={"drift": drift})})


def looked_at(system: System) -> System:
    """The same; the database is the restore's alone, since nothing here answers for one."""
    return system.model_copy(update={"operation": system.operation.model_copy(update={"database": None})})


def verdicts(comparison: Comparison, site: PracticeSite) -> dict[str, str]:
    """By path below the product, of what is not noise, nor kept there by ourselves."""
    return {
        one.change.subject.removeprefix(f"{site.product}/"): f"{one.provenance}: {one.evidence[0]}"
        for one in comparison.judged
        if one.change.section == "files" and str(one.provenance) != "noise" and "/.callout" not in one.change.subject
    }


def restores_of(comparison: Comparison) -> Restored:
    (one,) = comparison.evidence.restores
    return one


def broken(site: PracticeSite) -> None:
    """A system that has lost some of what its backup holds, before anybody looks at it for the first time."""
    (site.product / "sh/tool").unlink()
    (site.product / "sh/mysql").write_text("#!/bin/sh\nexit 1\n")
    (site.product / "pw/etc/asterisk.conf").write_text("[lost]\n")
    shutil.rmtree(site.product / "nasty")


def test_what_the_manifest_tells_is_ours_and_what_came_after_is_not(
    context: Context, site: PracticeSite, system: System
) -> None:
    helper = site.product / "sh/helper"
    shutil.copy("/bin/true", helper)
    helper.chmod(0o4755)
    backup = back_up(context, system).id
    broken(site)
    helper.unlink()
    recorded(context, looked_at(system))
    put_back(context, system, backup, Asked(database=False))
    told = verdicts(found(context, looked_at(system)), site)
    ours = {name for name, said in told.items() if said.startswith("ours: The restore ")}
    wanted = {"sh/tool", "sh/mysql", "sh/helper", "pw/etc/asterisk.conf", "nasty", "nasty/hard", "nasty/dangling",
              "nasty/two\nlines", "nasty/fifo", "nasty/large"}  # fmt: skip
    assert wanted <= ours, told
    assert backup in told["sh/helper"]
    assert not any(said.startswith(("unsupported", "unknown")) for said in told.values()), told

    # By people, later: other bytes, another mode, a file that the backup never had.
    (site.product / "sh/mysql").write_text("#!/bin/sh\nexit 2\n")
    (site.product / "sh/tool").chmod(0o777)
    shutil.copy("/bin/true", site.product / "sh/planted")
    comparison = found(context, looked_at(system))
    told = verdicts(comparison, site)
    assert {name: said.partition(":")[0] for name, said in told.items() if not said.startswith("ours")} == {
        "sh/mysql": "unsupported", "sh/tool": "unsupported", "sh/planted": "unknown",
    }  # fmt: skip
    (one,) = [one for one in comparison.judged if one.change.subject == str(site.product / "sh/mysql")]
    assert any("left it otherwise" in said for said in one.evidence)


def test_only_what_was_asked_for_and_the_folders_above_it_that_were_gone(
    context: Context, site: PracticeSite, system: System
) -> None:
    backup = back_up(context, system).id
    names = ("nasty", "nasty/large", "nasty/hard", "sh", "sh/tool", "pw/run/asterisk.pid")
    paths = [*(f"{site.product}/{name}" for name in names), "/etc/shadow"]
    gone = [Change(Section.FILES, path, What.ADDED) for path in paths]
    there = [Change(Section.FILES, path, What.CHANGED) for path in paths]

    def left(changes: list[Change], *wanted: str) -> dict[str, RestoredFile]:
        asked = Asked(tuple(f"{site.product}/{name}" for name in wanted))
        files = left_files(context, system, backup, asked, changes)
        return {path.removeprefix(f"{site.product}/"): file for path, file in files.items()}

    assert set(left(gone, "nasty/large", "nasty/hard")) == {"nasty", "nasty/large", "nasty/hard"}
    found = left(there, "nasty/large", "nasty/hard")
    assert set(found) == {"nasty/large", "nasty/hard"}
    # One of two names of a file has the bytes that stand under the other in the manifest.
    assert found["nasty/hard"].kind == "f"
    assert found["nasty/hard"].mark == hashlib.sha256(NEWLINE).hexdigest()
    assert left(there)["sh/tool"].mode == 0o755
    assert "pw/run/asterisk.pid" not in left(there)


def test_without_its_manifest_and_taken_back_again_nobody_is_accused_and_it_is_said_why(
    context: Context, site: PracticeSite, system: System
) -> None:
    backup = back_up(context, system).id
    broken(site)
    recorded(context, looked_at(system))
    done = put_back(context, system, backup, Asked(database=False))
    (stored,) = context.ledger.events(kind="backed_up")
    store = Path(stored.body["repository"])
    store.rename(store.with_name("elsewhere"))
    said = verdicts(found(context, looked_at(system)), site)["sh/tool"]
    assert said.startswith("unknown: The restore ")
    assert "Its manifest cannot be held against it" in said
    store.with_name("elsewhere").rename(store)
    undo_restore(context, system, open_callout(context, system, "T-10", "Back again").callout, done.id)
    (site.product / "sh/mysql").write_text("#!/bin/sh\nexit 3\n")
    comparison = found(context, looked_at(system))
    assert not any(one.files for one in comparison.evidence.restores)
    assert "It was taken back." in verdicts(comparison, site)["sh/mysql"]


def test_a_database_alone_touches_no_files(context: Context, site: PracticeSite, system: System) -> None:
    recorded(context, looked_at(system))
    callout = open_callout(context, system, "T-9", "Restore").callout
    body = {"restore": "r1", "backup": "b1", "asked": Asked(files=False).as_dict()}
    context.record("restore_begun", system, callout, body)
    context.record("restored", system, callout, body)
    (site.product / "sh/asterisk").chmod(0o700)
    comparison = found(context, looked_at(system))
    assert (restores_of(comparison).roots, restores_of(comparison).database) == ((), True)
    assert verdicts(comparison, site)["sh/asterisk"].startswith("unsupported")
