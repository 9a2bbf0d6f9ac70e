"""A site that is put back before every point, and sessions that die at a chosen step."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from callout.errors import Unreachable
from callout.programs import Completed
from callout.shell.session import Session
from callout.steps.context import Context
from callout.steps.patch import apply_bundle
from tests.unit.patches.conftest import Site, idle, well

# What changes something, or puts something on the disk. `kill` ends script and children at once.
COUNTED = ("mkdir", "ln", "mv", "rm", "rmdir", "cat", "chown", "chmod", "sync", "tar")
COUNTER = """
counted() {
    [ -r "$COUNT" ] && read -r calls <"$COUNT" || calls=0
    calls=$((calls + 1))
    echo "$calls" >"$COUNT"
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = before ]; then kill -9 0; fi
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = fail ]; then return 1; fi
    if [ "$calls" = "$KILL_AT" ] && [ "$KILL_WHEN" = half ] && [ "$1" = cat ] && [ -f "${2-}" ]; then
        head -c 3 "$2"
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

    @property
    def name(self) -> str:
        """See Session."""
        return self.inner.name

    def run(self, script: str, *arguments: str, **more: Any) -> Completed:
        """See Session."""
        head = f"COUNT='{self.count}' KILL_AT={self.kill_at} KILL_WHEN={self.when}\n{COUNTER}\n"
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

    def back_to_old(self) -> None:
        """The old tree, and no journal; the originals that are kept here may stay."""
        shutil.rmtree(self.site.root)
        shutil.copytree(self.site.root.with_name("pristine"), self.site.root)
        (self.site.root / "gui/login.php").chmod(0o4751)
        shutil.rmtree(self.site.context.places.originals, ignore_errors=True)

    def apply(self, context: Context) -> Any:
        """The bundle, on that context."""
        return apply_bundle(context, self.site.system, self.site.callout, self.bundle, self.plan, well, idle)

    def killed(self, kill_at: int, when: str) -> Context:
        """A context whose line dies at that call, and stays dead."""
        count = self.site.root.with_name("count")
        count.unlink(missing_ok=True)
        made: list[Dead] = []

        def once(session: Session) -> Session:
            # All sessions of one run share the death.
            made[:] = made or [Dead(KilledSession(session, count, kill_at, when))]
            return made[0]

        return self.site.wrapped(once)

    def calls(self) -> int:
        """How many counted calls were made."""
        return int(self.site.root.with_name("count").read_text())


def points(trial: Trial, act: Callable[[Context], Any], step: int) -> Iterator[tuple[int, str]]:
    """Every `step`-th kill point of an action: number of the call, before or after it, or half of a copy."""
    act(trial.killed(0, "never"))
    total = trial.calls()
    assert total > 20
    for number in range(step, total + 1, step):
        yield number, "before"
        yield number, "after"
        yield number, "half"


def files_of(tree: dict[str, Any]) -> dict[str, Any]:
    """A tree without what is ours."""
    return {path: image for path, image in tree.items() if ".callout" not in path}


def assert_each_file_old_or_new(trial: Trial, point: Any) -> None:
    """Right after the death each single file is whole: its old image or its new one."""
    tree = files_of(trial.site.tree())
    for path in {*trial.old, *trial.new, *tree}:
        assert tree.get(path) in (trial.old.get(path), trial.new.get(path)), (path, point)
