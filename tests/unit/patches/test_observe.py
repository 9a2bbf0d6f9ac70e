"""Looking at files: every kind of thing that can be in a file's place, and answers that lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from callout.errors import CalloutError
from callout.patches.images import link_image
from callout.patches.observe import observe
from callout.programs import Completed
from tests.unit.local_shell import BUSYBOX, DASH, LocalShellSession
from tests.unit.patches.conftest import sha256


@pytest.fixture(params=[DASH, BUSYBOX], ids=["dash", "busybox"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> LocalShellSession:
    return LocalShellSession(tmp_path / "tools", request.param)


def test_every_kind(session: LocalShellSession, tmp_path: Path):
    names = ["plain", "-n", "name with  spaces", "$(id)", "back\\slash", "ünïcode", "*"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
        (tmp_path / name).chmod(0o4750)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("plain")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "led").symlink_to("folder")
    (tmp_path / "folder/inner").write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    os.link(tmp_path / "plain", tmp_path / "second name")
    others = {"folder": "folder", "link": "symlink", "dangling": "symlink", "pipe": "other", "gone": "absent"}

    seen = observe(session, [str(tmp_path / name) for name in [*names, *others]])

    for name, one in zip(names, seen, strict=False):
        assert (one.image.sha256, one.image.mode, one.size_bytes) == (sha256(name.encode()), "4750", len(name.encode()))
        assert one.image.uid == os.getuid()
        assert one.free_kib
        assert one.free_kib > 0
    assert [one.image.kind for one in seen[len(names) :]] == list(others.values())
    link, dangling = seen[len(names) + 1], seen[len(names) + 2]
    assert (link.image, dangling.image) == (link_image("plain", os.getuid(), os.getgid()), link_image("nowhere", 0, 0))
    assert (link.size_bytes, link.links) == (len("plain"), 1)
    assert [one.links for one in seen[:2]] == [2, 1]
    ways = observe(session, [str(tmp_path / "led/inner"), str(tmp_path / "no/where"), str(tmp_path / "folder/inner")])
    assert [one.way for one in ways] == ["symlink", "missing", "ok"]


def test_leftovers_of_a_cut_run_are_seen(session: LocalShellSession, tmp_path: Path):
    (tmp_path / ".callout-0123456789ab").mkdir(mode=0o700)
    (tmp_path / ".callout-kept-abc").mkdir()
    assert observe(session, [str(tmp_path / "x")])[0].leftover == "0123456789ab"


def test_missing_tool_is_named(tmp_path: Path):
    session = LocalShellSession(tmp_path / "tools", BUSYBOX)
    (tmp_path / "tools/sha256sum").unlink()
    with pytest.raises(CalloutError, match="the program sha256sum is not there"):
        observe(session, ["/etc/passwd"])


class Liar(LocalShellSession):
    """A system that answers what it likes."""

    answer = ""

    def run(self, script: str, *arguments: str, **more: object) -> Completed:  # type: ignore[override]
        return Completed(0, self.answer.encode(), b"")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "end 1\n",
        "1 absent - - ok 1 1 -\n",
        "2 absent - - ok 1 1 -\nend 1\n",
        "1 absent - - ok 1 1 ../../x\nend 1\n",
        "1 \x1b[2J - - ok 1 1 -\nend 1\n",
        "1 " + "a" * 64 + ":9999:0:0 1 1 ok 1 1 -\nend 1\n",
        "1 absent - - ok 1 1 -\n1 absent - - ok 1 1 -\nend 1\n",
        "1 absent - - ok 1 " + "9" * 5000 + " -\nend 1\n",
        "1 absent - - ok 1 ١ -\nend 1\n",
    ],
)
def test_answers_that_lie_are_not_understood(tmp_path: Path, answer: str):
    session = Liar(tmp_path / "tools")
    session.answer = answer
    with pytest.raises(CalloutError, match="not understood"):
        observe(session, ["/etc/passwd"])
