"""What the look at a system's tools may say: whatever names hold, nothing forges a record."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callout.backups.probe import probe
from callout.backups.probe_answer import AnswerRefused, read_answer
from callout.backups.scope import scope_of
from callout.errors import BackupFailed
from tests.unit.backups.practice_site import PracticeSite, small_disk
from tests.unit.local_shell import LocalShellSession


def records(*fields: str) -> bytes:
    return "".join(f"{field}\0" for field in fields).encode("utf-8", "surrogateescape")


def test_records_come_with_their_fields_whatever_those_hold() -> None:
    nasty = "/a\ttool\tzfs\n\u2028end\udcff"
    answer = read_answer(records("path", "0", "folder-link", nasty, "tool", "tar", "end"))
    assert answer.places("path", 1) == {0: ["folder-link", nasty]}
    assert answer.values("tool") == {"tar"}


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"end",
        records("tool", "tar"),
        records("tool"),
        records("tool", "tar", "end") + b"x",
        records("tool", "tar", "end", "tool", "find"),
        records("rm", "-rf", "end"),
        records("path", "0", "end"),
    ],
)
def test_a_cut_or_strange_answer_is_refused(said: bytes) -> None:
    with pytest.raises(AnswerRefused):
        read_answer(said)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_refused(said: bytes) -> None:
    try:
        answer = read_answer(said)
        answer.places("path", 3)
        answer.kernel_mounts()
    except AnswerRefused:
        return


def test_mount_points_are_decoded_as_the_kernel_writes_them() -> None:
    told = records("kernel", r"/opt/a\040b\011c\012d\134e", "kernel", "/", "mounts", "end")
    assert read_answer(told).kernel_mounts() == ["/opt/a b\tc\nd\\e"]


@pytest.mark.parametrize("point", ["proc", "", "/opt/../etc", "/" + "n" * 5000, r"/opt\000"])
def test_a_mount_point_that_is_no_path_is_refused(point: str) -> None:
    with pytest.raises(AnswerRefused, match="no path"):
        read_answer(records("kernel", point, "mounts", "end")).kernel_mounts()


def test_mounts_that_are_not_told_are_not_none() -> None:
    with pytest.raises(AnswerRefused, match="mounted"):
        read_answer(records("tool", "tar", "end")).kernel_mounts()


@pytest.mark.parametrize("place", ["3", "-1", "x", "0" * 9, "", "\u00b2"])
def test_a_place_that_was_not_asked_for_is_refused(place: str) -> None:
    with pytest.raises(AnswerRefused, match="not asked for"):
        read_answer(records("dump", place, "end")).places("dump", 3)


def test_a_link_whose_end_lies_about_lines_is_refused_by_name(site: PracticeSite, session: LocalShellSession) -> None:
    trap = site.root / "trap\nend\ntool\ttar"
    trap.mkdir()
    (site.root / "home").mkdir(exist_ok=True)
    (site.root / "home/servers").symlink_to(trap)
    system = site.system()
    with pytest.raises(BackupFailed, match=r"is a link to .*trap\\nend"):
        probe(session, scope_of(system.operation.backup), system.operation.database)


def test_a_product_that_is_a_loop_of_links_is_not_there(site: PracticeSite, session: LocalShellSession) -> None:
    site.product.rename(site.root / "elsewhere")
    site.product.symlink_to(site.product)
    system = site.system()
    with pytest.raises(BackupFailed, match="leads nowhere"):
        probe(session, scope_of(system.operation.backup), system.operation.database)


def test_a_kernel_mount_with_a_nasty_name_is_left_out(site: PracticeSite, session: LocalShellSession) -> None:
    point = site.product / "second chroot\n/proc"
    point.parent.mkdir()
    system = site.system()
    try:
        with small_disk(point, "64k", kind="proc"):
            _, plan = probe(session, scope_of(system.operation.backup), system.operation.database)
    except PermissionError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    assert str(point) in plan.left_out
    assert Path(point).name == "proc"
