"""Progress: which step of which system runs, how long it took, and what went wrong, in sentences."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: callout_progress
type: stdout
short_description: Which step of which system runs, and how long it took
description:
  - On a terminal one live line (system, step, seconds), then one settled line per named step.
  - Elsewhere quiet; only failures, refusals, messages for people, and a summary.
  - A failure shows message, reasons and remedy; C(-v) shows every step with its result, C(--diff) the differences.
extends_documentation_fragment:
  - result_format_callback
"""

TICK_S = 0.2
MAXIMUM_LINES = 40
# Words for an exit status of the house (design: exit codes); every other failure is "failed".
WORDS = {6: "distrusted", 8: "refused", 9: "locked", 10: "undone", 11: "NOT UNDONE"}


class CallbackModule(CallbackBase):
    """See DOCUMENTATION. Runs in Ansible's main process; one thread rewrites the live line."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "callout_progress"

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._live = LiveLine() if sys.stdout.isatty() and os.environ.get("TERM") != "dumb" else None
        self._began = time.monotonic()
        self._running: dict[tuple[str, str], float] = {}
        self._took: Counter[str] = Counter()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Names the play, where somebody watches."""
        if self._watched():
            marker = " (check mode: nothing is changed)" if play.check_mode else ""
            self._say(f"{_line(play.get_name())}{marker}", constants.COLOR_HIGHLIGHT)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """A step begins on a system."""
        key = (host.get_name(), task._uuid)
        self._running[key] = time.monotonic()
        if self._live and task.action.rpartition(".")[2] != "pause":
            self._live.begin(key, _step(task))

    def v2_runner_on_ok(self, result: Any) -> None:
        """A step ended well."""
        changed = bool(result.result.get("changed"))
        colour = constants.COLOR_CHANGED if changed else constants.COLOR_OK
        self._settled(result, "changed" if changed else "ok", colour, shown=self._watched() and bool(result.task.name))
        if result.result.get("_ansible_verbose_always"):
            self._say_lines(_texts(result.result.get("msg")), None)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A step was not needed; shown with -v only."""
        self._settled(result, "skipped", constants.COLOR_SKIP, shown=self._display.verbosity > 0)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A step failed or was refused: message, reasons, remedy."""
        word = WORDS.get(result.result.get("exit_code"), "failed")
        self._settled(result, f"{word}, ignored" if ignore_errors else word, constants.COLOR_ERROR, shown=True)
        self._explain(result.result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A system did not answer."""
        self._settled(result, "unreachable", constants.COLOR_UNREACHABLE, shown=True)
        self._explain(result.result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        """One turn of a loop failed; the loop's own line follows."""
        self._say(
            f"failed {result.host.get_name()} {_line(self._get_item_label(result.result))}", constants.COLOR_ERROR
        )
        self._explain(result.result)

    def v2_runner_retry(self, result: Any) -> None:
        """A step is tried again; shown with -v only."""
        if self._display.verbosity > 0:
            tries = f"{result.result.get('attempts', '?')} of {result.result.get('retries', '?')}"
            self._say(f"again {result.host.get_name()} {_step(result.task)} ({tries})", constants.COLOR_DEBUG)

    def v2_on_file_diff(self, result: Any) -> None:
        """What changed, with --diff."""
        looped = result.result.get("results") if result.task.loop else None
        for one in looped or [result.result]:
            if one.get("diff") and one.get("changed"):
                self._say(f"{result.host.get_name()} {_step(result.task)}:", None)
                self._say(self._get_diff(_harmless(one["diff"])).rstrip("\n"), None)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        """No system is meant."""
        self._say("No system matches: name one of the inventory.", constants.COLOR_ERROR)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """One line per system and the whole time."""
        for name in sorted(stats.processed):
            counts = stats.summarize(name)
            bad = [word for word in ("unreachable", "failures") if counts[word]]
            told = [f"{counts['ok']} steps", f"{counts['changed']} changed"]
            told += [
                f"{counts[word]} {word}" for word in ("failures", "unreachable", "rescued", "ignored") if counts[word]
            ]
            colour = constants.COLOR_ERROR if bad else constants.COLOR_OK
            self._say(f"{name}: {'failed' if bad else 'well'} · {', '.join(told)} · {self._took[name]:.1f} s", colour)
        self._say(f"Whole run: {time.monotonic() - self._began:.1f} s", None)

    def _watched(self) -> bool:
        return self._live is not None or self._display.verbosity > 0

    def _settled(self, result: Any, word: str, colour: str, *, shown: bool) -> None:
        name, key = result.host.get_name(), (result.host.get_name(), result.task._uuid)
        took_s = time.monotonic() - self._running.pop(key, time.monotonic())
        self._took[name] += took_s  # type: ignore[assignment]  # seconds, counted by system
        if self._live:
            self._live.end(key)
        self._current_warnings(result)
        if shown:
            self._say(f"{word} {took_s:.1f} s {name} {_step(result.task)}", colour)
        if self._display.verbosity > 0 and word != "skipped":
            self._say_details(result.result)

    def _current_warnings(self, result: Any) -> None:
        if self._display.verbosity < 3:
            # The sentence is ours to show; where the exception came from is for -vvv.
            result.result.pop("exception", None)
        with Pause(self._live):
            self._handle_warnings_and_exception(result)

    def _say_details(self, result: Mapping[str, Any]) -> None:
        """The whole result but for how it was asked: arguments are not shown, they may hold what is private."""
        self._say_lines(self._dump_results(_without_questions(result), indent=2).splitlines(), constants.COLOR_VERBOSE)

    def _explain(self, result: Mapping[str, Any]) -> None:
        told = [*_texts(result.get("censored") or result.get("msg"))]
        for key in ("stderr", "module_stderr"):
            told += _texts(result.get(key))[-5:]
        for reason in _reasons(result.get("reasons")):
            remedy = f" → {_line(reason['remedy'])}" if reason.get("remedy") else ""
            told.append(f"- {_line(reason.get('check', ''))}: {_line(reason.get('seen', ''))}{remedy}")
        told += [f"What to do: {line}" for line in _texts(result.get("hint"))[:1]]
        self._say_lines(told, constants.COLOR_ERROR)

    def _say_lines(self, lines: Iterable[str], colour: str | None) -> None:
        for line in [line for line in lines if line.strip()][:MAXIMUM_LINES]:
            self._say(f"  {_line(line, strip=False)}", colour)

    def _say(self, text: str, colour: str | None) -> None:
        with Pause(self._live):
            self._display.display(text, color=colour)


class LiveLine:
    """The line that is rewritten while steps run.

    It writes to the descriptor itself: Ansible forks while this thread runs, and a buffer's lock that the
    thread held in that moment would stay locked in the child for ever.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._steps: dict[tuple[str, str], tuple[str, float]] = {}
        self._thread: threading.Thread | None = None
        atexit.register(self.clear)

    def begin(self, key: tuple[str, str], step: str) -> None:
        """`step` runs on the system `key[0]` from now on."""
        with self.lock:
            self._steps[key] = (step, time.monotonic())
            if self._thread is None:
                self._thread = threading.Thread(target=self._tick, daemon=True)
                self._thread.start()

    def end(self, key: tuple[str, str]) -> None:
        """It does not run any more."""
        with self.lock:
            self._steps.pop(key, None)
            self.clear()

    def clear(self) -> None:
        """Takes the line off the screen until the next tick."""
        self._write("\r\x1b[K")

    def _tick(self) -> None:
        while True:
            with self.lock:
                if self._steps:
                    self._write(f"\r\x1b[K{self._text()}\r")
            time.sleep(TICK_S)

    def _text(self) -> str:
        (name, _), (step, began) = next(iter(self._steps.items()))
        more = f" (+{len(self._steps) - 1} more)" if len(self._steps) > 1 else ""
        text = f"{name} · {step} · {time.monotonic() - began:.0f} s{more}"
        return text[: max(10, shutil.get_terminal_size().columns - 1)]

    def _write(self, text: str) -> None:
        try:
            os.write(1, text.encode("utf-8", "replace"))
        except OSError:
            self._steps.clear()  # The terminal is gone; Ansible's own output says so.


class Pause:
    """Takes the live line away while something is printed."""

    def __init__(self, live: LiveLine | None) -> None:
        self._live = live

    def __enter__(self) -> None:
        if self._live:
            self._live.lock.acquire()
            self._live.clear()

    def __exit__(self, *exception: object) -> None:
        if self._live:
            self._live.lock.release()


def _step(task: Any) -> str:
    return _line(task.get_name())


def _texts(value: Any) -> list[str]:
    """Lines of a message; a list is one line each."""
    if value is None or value == "":
        return []
    return [str(each) for each in value] if isinstance(value, list | tuple) else str(value).splitlines()


def _reasons(value: Any) -> list[Mapping[str, Any]]:
    return [reason for reason in value if isinstance(reason, Mapping)] if isinstance(value, list | tuple) else []


def _line(value: Any, *, strip: bool = True) -> str:
    """One line of at most 500 characters that can neither move the cursor nor forge another line."""
    text = "".join(character if character.isprintable() else " " for character in str(value)[:500])
    return text.strip() if strip else text.rstrip()


def _without_questions(value: Any) -> Any:
    """The result without what was asked and without differences, in the turns of a loop as well."""
    if isinstance(value, Mapping):
        return {key: _without_questions(below) for key, below in value.items() if key not in ("invocation", "diff")}
    return [_without_questions(below) for below in value] if isinstance(value, list) else value


def _harmless(diff: Any) -> list[dict[str, Any]]:
    """The differences with control characters taken out of every line; Ansible colours them afterwards."""
    told = diff if isinstance(diff, list) else [diff]
    return [
        {
            key: "".join(f"{_line(line, strip=False)}\n" for line in value.splitlines())
            if isinstance(value, str)
            else value
            for key, value in one.items()
        }
        for one in told
        if isinstance(one, Mapping)
    ]
