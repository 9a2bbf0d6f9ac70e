"""1,000 hostile answers to a look: bounded, never a traceback, never misread; and what was cut off is never clean."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callout.drift.look import Look, LookFile, Section
from callout.drift.shelf import open_look, write_look
from callout.errors import CalloutError
from tests.faults.hostile_looks import MEBIBYTE, SCRIPTS, Answer, Hostile, Recording, Replayed, hostile_cases
from tests.unit.backups.practice_site import write_program
from tests.unit.drift.looked_site import LookedSite, build_site, few_settings
from tests.unit.local_shell import BUSYBOX, DASH

pytestmark = pytest.mark.faults
WHOLE = [pytest.mark.faults_whole, pytest.mark.timeout(3600)]
COUNT = 1000
# 128 MiB is the longest answer that is held as a whole (files sent back as bytes).
MOST_MEMORY_MB = 600
MOST_TAKEN = 300 * MEBIBYTE
MOST_PROCESSOR_S = 30
CLIENT = """#!/bin/sh
# Answers as a database of one table does.
while read -r line; do said="$said$line "; done
case $said in
    *'41 + 1'*) echo 42 ;;
    *SCHEMATA*) printf 'pbxware\\tutf8\\n' ;;
    *.TABLES*TABLE_TYPE\\ \\<\\>*) printf 'extensions\\tInnoDB\\tutf8\\tDynamic\\t\\t\\n' ;;
    *.COLUMNS*) printf 'extensions\\tid\\t1\\tint(11)\\tNO\\t-\\tauto_increment\\t\\t\\n' ;;
    *.TRIGGERS*) printf 'renamed\\textensions\\tAFTER\\tUPDATE\\tBEGIN\\\\nSELECT 1;\\\\nEND\\troot@localhost\\t\\n' ;;
    *mysql.user*) printf 'root\\tlocalhost\\tmysql_native_password\\t*ABCDEF\\t\\n' ;;
    *USER_PRIVILEGES*) printf "'root'@'localhost'\\t*.*\\tALL\\tYES\\n" ;;
    *CONCAT*) echo "SELECT 'extensions', COUNT(*) FROM extensions;" ;;
    *COUNT*) printf 'extensions\\t40\\n' ;;
esac
"""


class Honest:
    """What an honest system says, under one shell, and the look that comes of it."""

    def __init__(self, home: Path, shell: tuple[str, ...]) -> None:
        self.site: LookedSite = build_site(home / "system")
        client = home / "client"
        write_program(client, CLIENT)
        self.options: dict[str, Any] = {"database": "pbxware", "client": (str(client),), "count_tables": ("ext*",)}
        session = Recording(home / "tools", shell)
        few_settings(session)
        self.look: LookFile = self.site.look(session, **self.options)
        self.answers = session.answers
        self.files = dict(self.look.entries())

    def against(self, case: Hostile) -> tuple[LookFile | None, Replayed]:
        """The look that comes of spoilt answers; None where none does."""
        answers = {name: list(said) for name, said in self.answers.items()}
        answers[case.script][case.place] = case.spoil(answers[case.script][case.place])
        session = Replayed(answers)
        try:
            return self.site.look(session, **self.options), session
        except CalloutError:
            return None, session


@pytest.fixture(scope="module", params=[DASH, BUSYBOX], ids=["dash", "busybox"])
def honest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Honest:
    """Under dash with GNU tools (find prints), and with busybox alone (batches of stat)."""
    return Honest(tmp_path_factory.mktemp("honest"), request.param)


def test_the_honest_look_is_whole(honest: Honest) -> None:
    look = honest.look.look
    assert set(honest.answers) == set(SCRIPTS)
    assert look.disagreements == ()
    assert [name for name, state in look.sections.items() if not state.is_whole and name is not Section.FIREWALL] == []
    replayed, _ = honest.against(Hostile("none", "drift_facts", 0, lambda answer: answer))
    assert replayed is not None
    assert replayed.look == look
    assert dict(replayed.entries()) == honest.files


@pytest.mark.parametrize("count", [42, pytest.param(COUNT // 2, marks=WHOLE)])
def test_hostile_answers(honest: Honest, count: int, tmp_path: Path, record_property: Any) -> None:
    """Half of them under each shell's answers."""
    worst_s, before_kib = 0.0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number, case in enumerate(hostile_cases(honest.answers, count)):
        began = time.process_time()
        look, session = honest.against(case)
        worst_s = max(worst_s, time.process_time() - began)
        assert session.taken_bytes < MOST_TAKEN, case.name
        if look is not None:
            require_sound(look, honest, case)
            if number % 5 == 0:
                require_kept(look, tmp_path, case)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) // 1024
    record_property("worst_processor_s", round(worst_s, 2))
    record_property("grown_mb", grown_mb)
    assert grown_mb < MOST_MEMORY_MB
    assert worst_s < MOST_PROCESSOR_S


def test_there_are_as_many_as_the_issue_names(honest: Honest) -> None:
    names = [case.name for case in hostile_cases(honest.answers, COUNT // 2)]
    assert len(set(names)) == COUNT // 2


def require_sound(look: LookFile, honest: Honest, case: Hostile) -> None:
    """Whatever was said: paths lie where they were asked for, hashes are hashes, sections are told apart.

    What is only a beginning of the honest answer is never believed to be another whole one: each section is as it is,
    or unknown; so are the files.
    """
    root = str(honest.site.root)
    for path, seen in look.files():
        assert (path == root or path.startswith(root + "/")) and "/../" not in path + "/", case.name
        assert len(seen.sha256) in (0, 64)
    assert set(look.look.sections) == set(Section)
    assert all(one.isprintable() for one in look.look.disagreements), case.name
    assert all(state.why.isprintable() and state.way.isprintable() for state in look.look.sections.values()), case.name
    if case.cut:
        require_not_clean(look.look, dict(look.entries()), honest, case)


def require_not_clean(look: Look, files: dict[bytes, bytes], honest: Honest, case: Hostile) -> None:
    unlike = False
    for section, state in look.sections.items():
        was = honest.look.look.sections[section]
        if state.is_whole and section is not Section.FILES:
            assert list(look.of(section)) == list(honest.look.look.of(section)), case.name
        unlike = unlike or state != was
    if look.sections[Section.FILES].is_whole:
        assert files == honest.files or look.unread_count, case.name
    # Cut somewhere, it is not the look that an honest system gives; only the very last line may be missing.
    same = look == honest.look.look and files == honest.files
    assert unlike or look.disagreements or look.unread_count or same, case.name
    if same:
        assert case.script == "drift_facts", case.name


def require_kept(look: LookFile, folder: Path, case: Hostile) -> None:
    """It can be kept, and is the same when it is read back."""
    path, sha256 = write_look(folder, look.look, look.entries())
    kept = open_look(path, sha256)
    assert kept.look == look.look, case.name
    assert list(kept.entries()) == list(look.entries()), case.name
    path.unlink()


@pytest.mark.parametrize("most", [4, pytest.param(150, marks=WHOLE)])
def test_a_look_cut_at_every_point_is_not_clean(honest: Honest, most: int) -> None:
    """Each answer ends at many a byte, by a cut line and by a script that died without a word."""
    for name, place, length, dead in _points(honest.answers, most):
        case = Hostile(
            f"{name}-{place} at {length}{' dead' if dead else ''}", name, place,
            lambda answer, length=length, dead=dead: Answer(
                answer.said[:length], b"" if dead else answer.stderr, 0, cut=not dead
            ),
            cut=True,
        )  # fmt: skip
        look, _ = honest.against(case)
        if look is not None:
            require_not_clean(look.look, dict(look.entries()), honest, case)


def _points(answers: dict[str, list[Answer]], most: int) -> Iterator[tuple[str, int, int, bool]]:
    for name, said in answers.items():
        for place, answer in enumerate(said):
            for length in range(0, len(answer.said), max(1, len(answer.said) // most)):
                yield name, place, length, False
                yield name, place, length, True
