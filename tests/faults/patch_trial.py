"""A site that is put back before every point, and sessions that die at a chosen step."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from callout.errors import Unreachable
from callout.programs import Completed
from callout.shell.session import Session
from callout.steps.context import Context
from callout.steps.patch import apply_bundle
from tests.unit.patches.conftest import Site, idle, sha256, three_changes, well

KEPT = ".callout-originals"
# What changes something, or puts something on the disk. `kill` ends script and children at once.
COUNTED = ("mkdir", "ln", "mv", "rm", "rmdir", "cat", "chown", "chmod", "sync", "tar", "sqlite3", "podman")
COUNTER = """
counted() {
    [ -r "$COUNT" ] && read -r calls <"$COUNT" || calls=0
    calls=$((calls + 1))
    echo "$calls" >"$COUNT"
    halved=no
    case $1 in
        cat) [ -f "${2-}" ] && halved=copy ;;
        sqlite3 | podman) halved=sql ;;
    esac
    [ "$halved" = no ] || echo "$calls" >>"$COUNT.halves"
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = before ]; then kill -9 0; fi
    # `act` is what a test wants to happen right before the call.
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = act ]; then act; fi
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = fail ]; then return 1; fi
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = half ] && [ "$halved" = copy ]; then
        head -c 3 "$2"
        kill -9 0
    fi
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = half ] && [ "$halved" = sql ]; then
        # The client dies with a part of the SQL.
        head -c "$((220 + KILL_AT % 60))" | command "$@"
        kill -9 0
    fi
    command "$@"
    status=$?
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = after ]; then kill -9 0; fi
    return "$status"
}
""" + "\n".join(f'{tool}() {{ counted {tool} "$@"; }}' for tool in COUNTED)


@dataclasses.dataclass
class KilledSession:
    """A session whose scripts kill themselves at the `kill_at`-th counted call; a killed script is a cut line."""

    inner: Session
    count: Any
    kill_at: int
    when: str
    act: str = ""

    @property
    def name(self) -> str:
        """See Session."""
        return self.inner.name

    def run(self, script: str, *arguments: str, **more: Any) -> Completed:
        """See Session."""
        head = f"COUNT='{self.count}' KILL_AT={self.kill_at} KILL_WHEN={self.when}\n{COUNTER}\n{self.act}\n"
        done = self.inner.run(head + script, *arguments, **more)
        if done.rc < 0:
            raise Unreachable("acme-pbx1: the line was cut.", "")
        return done

    def stream(self, script: str, *arguments: str, deadline_s: float = 3600) -> Any:
        """See Session."""
        raise NotImplementedError

    def close(self) -> None:
        """See Session."""


class Dead:
    """After the first cut nothing answers: our side died with the line."""

    def __init__(self, inner: Session) -> None:
        self.inner, self.dead = inner, False

    @property
    def name(self) -> str:
        """See Session."""
        return self.inner.name

    def run(self, script: str, *arguments: str, **more: Any) -> Completed:
        """See Session."""
        if self.dead:
            raise Unreachable("acme-pbx1: nothing answers.", "")
        try:
            return self.inner.run(script, *arguments, **more)
        except Unreachable:
            self.dead = True
            raise

    def stream(self, script: str, *arguments: str, deadline_s: float = 3600) -> Any:
        """See Session."""
        raise NotImplementedError

    def close(self) -> None:
        """See Session."""


@dataclasses.dataclass
class Trial:
    """A site with its old and its new tree, put back before every point."""

    site: Site
    bundle: Any
    plan: str
    old: dict[str, Any]
    new: dict[str, Any] = dataclasses.field(default_factory=dict)
    # The line of the newest `killed`, once it was needed.
    line: list[Dead] = dataclasses.field(default_factory=list)

    def remember(self) -> None:
        """Keeps the tree as it is, for `back_to_old`."""
        shutil.copytree(self.site.root, self.site.root.with_name("pristine"), symlinks=True)

    def back_to_old(self) -> None:
        """The old tree, and no journal; the originals that are kept here may stay."""
        shutil.rmtree(self.site.root)
        shutil.copytree(self.site.root.with_name("pristine"), self.site.root, symlinks=True)
        (self.site.root / "gui/login.php").chmod(0o4751)
        shutil.rmtree(self.site.context.places.originals, ignore_errors=True)

    @property
    def is_old(self) -> bool:
        """The old tree, and nothing of ours."""
        return self.site.tree() == self.old

    @property
    def is_new(self) -> bool:
        """The new tree, and nothing of ours but the kept originals of one transaction."""
        kept = [path for path in self.site.tree() if path.startswith(KEPT)]
        return self.site.own_tree() == self.new and sum(path.count("/") == 1 for path in kept) == 1

    def apply(self, context: Context) -> Any:
        """The bundle, on that context."""
        return apply_bundle(context, self.site.system, self.site.callout, self.bundle, self.plan, well, idle)

    def killed(self, kill_at: int, when: str) -> Context:
        """A context whose line dies at that call, and stays dead."""
        self.forget_counts()
        line = self.line = []

        def once(session: Session) -> Session:
            # All sessions of one run share the death.
            line[:] = line or [Dead(KilledSession(session, self.count, kill_at, when))]
            return line[0]

        return self.site.wrapped(once)

    @property
    def was_killed(self) -> bool:
        """Whether the newest `killed` was: a run may be over before it comes to its point."""
        return any(one.dead for one in self.line)

    @property
    def count(self) -> Any:
        """The file over there in which the calls are counted; beside it the numbers of those that have a half."""
        return self.site.root.with_name("count")

    def forget_counts(self) -> None:
        """The next call is the first."""
        for ending in ("", ".halves"):
            Path(f"{self.count}{ending}").unlink(missing_ok=True)

    def calls(self) -> int:
        """How many counted calls were made."""
        return int(self.count.read_text())

    def halves(self) -> set[int]:
        """The numbers of those that can be killed with half of their work done: copies of files, SQL."""
        kept = Path(f"{self.count}.halves")
        return {int(line) for line in kept.read_text().split()} if kept.exists() else set()


def five_changes(root: Path) -> list[dict[str, Any]]:
    """The three of `three_changes`, a new symlink, and a symlink that becomes a file; makes what they want."""
    (root / "etc/link").symlink_to("other.conf")
    new = {"content": b"no link any more\n", "mode": "0600", "owner": "0:0"}
    return [
        *three_changes(),
        {"path": "etc/made", "action": "symlink", "target": "../gui/login.php"},
        {"path": "etc/link", "action": "replace", "before": [{"link": "other.conf"}], **new},
    ]


def twenty_changes(root: Path) -> list[dict[str, Any]]:
    """Twenty files and symlinks in four folders, each action several times; makes what they want in `root`."""
    made = five_changes(root)
    for number in range(5):
        folder = root / f"part{number % 2}"
        folder.mkdir(exist_ok=True)
        for kind in ("replace", "delete"):
            content = f"old {kind} {number}\n".encode()
            (folder / f"{kind}{number}").write_bytes(content)
            more = {"content": content.replace(b"old", b"new")} if kind == "replace" else {}
            path = f"part{number % 2}/{kind}{number}"
            made.append({"path": path, "action": kind, "before": [sha256(content)], **more})
        (folder / f"link{number}").symlink_to(f"replace{number}")
        before = [{"link": f"replace{number}"}]
        made.append({"path": f"part{number % 2}/link{number}", "action": "symlink", "target": "x", "before": before})
    return made


def points(trial: Trial, act: Callable[[Context], Any], step: int) -> Iterator[tuple[int, str]]:
    """Every `step`-th kill point of an action: number of the call, before or after it, or half of it if it has one."""
    act(trial.killed(0, "never"))
    total, halves = trial.calls(), trial.halves()
    assert total > 20
    for number in range(step, total + 1, step):
        yield number, "before"
        yield number, "after"
        if number in halves:
            yield number, "half"


def files_of(tree: dict[str, Any]) -> dict[str, Any]:
    """A tree without what is ours."""
    return {path: image for path, image in tree.items() if ".callout" not in path}


def assert_each_file_old_or_new(trial: Trial, point: Any) -> None:
    """Right after the death each single file is whole: its old image or its new one."""
    tree = files_of(trial.site.tree())
    for path in {*trial.old, *trial.new, *tree}:
        assert tree.get(path) in (trial.old.get(path), trial.new.get(path)), (path, point)
