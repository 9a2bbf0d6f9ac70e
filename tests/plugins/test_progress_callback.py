"""The progress callback under real ansible-playbook, with a terminal and without."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PLUGINS = Path(__file__).resolve().parents[2] / "plugins" / "callback"
PLAY = """\
- name: A small round
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: look around
      ansible.builtin.command: {argv: [sleep, "0.6"]}
      changed_when: false
    - ansible.builtin.set_fact: {nobody: named this}
    - name: not needed
      ansible.builtin.command: "false"
      when: false
    - name: write it down
      ansible.builtin.copy: {content: "new\\x1b[2J\\n", dest: "{{ place }}", mode: "0600"}
    - name: keep a secret
      ansible.builtin.command: echo hunter2
      no_log: true
      changed_when: true
    - name: lose a secret
      ansible.builtin.shell: echo hunter2; exit 3
      no_log: true
      ignore_errors: true
    - name: tell people
      ansible.builtin.debug: {msg: ["one thing", "another \\x1b[31mthing"]}
    - name: pass the gate
      gate:
"""
# An action plugin that refuses as callout's do: message, hint, reasons, exit status.
GATE = """
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        reasons = [
            {"check": "consent", "seen": "There is no consent to this plan.", "remedy": "callout consent CO-0001"},
            {"check": "window", "seen": "It is outside \\x1b[2J the window.", "remedy": ""},
        ]
        return {"failed": True, "msg": "The change is refused.", "hint": "Get the consent.", "reasons": reasons,
                "exit_code": 8, "invocation": {"module_args": {"password": "hunter2"}}}
"""
Play = Callable[..., str]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Runs the playbook with more arguments; gives back all that it printed."""
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "action").mkdir()
    (tmp_path / "action" / "gate.py").write_text(GATE)
    (tmp_path / "ansible.cfg").write_text(
        f"[defaults]\ncallback_plugins = {PLUGINS}\nstdout_callback = callout_progress\n"
        f"action_plugins = action\ninterpreter_python = {sys.executable}\nlocalhost_warning = false\n"
        f"inventory_unparsed_warning = false\n"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "NO_COLOR"))}
    environment["TERM"] = "xterm"

    def run(*arguments: str, terminal: bool = False) -> str:
        program = str(Path(sys.executable).parent / "ansible-playbook")
        command = [program, "-i", "localhost,", "-e", f"place={tmp_path / 'written'}", "play.yml", *arguments]
        if not terminal:
            options = {"cwd": tmp_path, "env": environment, "text": True, "check": False}
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
            assert done.returncode == 2
            return str(done.stdout)
        ours, theirs = pty.openpty()
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment)
        os.close(theirs)
        printed = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        assert process.wait() == 2
        return printed.decode()

    return run


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # What Linux says once the other end of a pty is closed.
        return b""


def test_quiet_without_a_terminal(play: Play) -> None:
    """Failures with message, reasons and remedy, words for people, the summary; nothing of what went well."""
    printed = play()
    assert re.sub(r"\d+\.\d s", "0.0 s", printed).splitlines() == [
        "failed, ignored 0.0 s localhost lose a secret",
        "  the output has been hidden due to the fact that 'no_log: true' was specified for this result",
        "  one thing",
        "  another  [31mthing",
        "refused 0.0 s localhost pass the gate",
        "  The change is refused.",
        "  - consent: There is no consent to this plan. → callout consent CO-0001",
        "  - window: It is outside  [2J the window.",
        "  What to do: Get the consent.",
        "localhost: failed · 6 steps, 3 changed, 1 failures, 1 ignored · 0.0 s",
        "Whole run: 0.0 s",
    ]


def test_terminal_shows_the_live_line_and_settled_steps(play: Play) -> None:
    """The line is rewritten while a step runs; each named step settles once, with its time."""
    printed = play(terminal=True)
    assert printed.count("localhost · look around · 0 s\r") >= 2
    settled = [line for line in _on_screen(printed) if re.match(r"(ok|changed|failed|refused)", line)]
    assert [re.sub(r" \d+\.\d s", "", line) for line in settled] == [
        "ok localhost look around",
        "changed localhost write it down",
        "changed localhost keep a secret",
        "failed, ignored localhost lose a secret",
        "ok localhost tell people",
        "refused localhost pass the gate",
    ]
    took_s = float(settled[0].split()[1])
    assert 0.5 < took_s < 10


def test_live_line_is_gone_at_the_end(play: Play) -> None:
    """Nothing is left standing on the screen but settled lines."""
    assert not [line for line in _on_screen(play(terminal=True)) if re.search(r" · \d+ s$", line)]


@pytest.mark.parametrize("terminal", [False, True])
def test_verbose_shows_results_and_no_secret(play: Play, terminal: bool) -> None:
    """With -v every step with its result; how it was asked is never shown, nor what is no_log."""
    printed = play("-v", terminal=terminal)
    assert "look around" in printed
    assert "skipped" in printed
    assert '"cmd"' in printed
    assert "hunter2" not in printed
    assert "invocation" not in printed


def test_very_verbose_shows_no_arguments_either(play: Play) -> None:
    """-vvv is for us; arguments may hold what is private all the same."""
    printed = play("-vvv")
    assert "invocation" not in printed
    assert '"password"' not in printed


def test_diff_is_shown_and_harmless(play: Play) -> None:
    """What changes, as Ansible shows it, with control characters taken out."""
    printed = play("--diff", "--check")
    assert "+new [2J" in printed
    assert "\x1b[2J" not in printed


def test_check_mode_is_named(play: Play) -> None:
    """Whoever watches sees that nothing is changed."""
    assert "A small round (check mode: nothing is changed)" in play("--check", terminal=True)


def _on_screen(printed: str) -> list[str]:
    """The lines that stand on the screen in the end, without colours."""
    lines = []
    for line in printed.replace("\r\n", "\n").split("\n"):
        kept = line.rpartition("\r\x1b[K")[2]
        lines.append(re.sub(r"\x1b\[[0-9;]*m", "", kept).rstrip("\r"))
    return lines
