"""Documents: every command that they show exists, every link leads somewhere, generated pages are fresh."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("callout", "access-check", "ansible-playbook", "make")
# Words after which another command or a remark begins.
ENDS = {"--", "|", ">", ">>", "&&", ";", "#", "2>&1", "||"}


def _documents() -> list[Path]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "inventory").rglob("*.md")]
    return sorted(path for path in pages if "reference" not in path.parts or path.name == "bundle-format.md")


DOCUMENTS = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in _documents()]


def _commands(text: str) -> Iterator[list[str]]:
    """Every command line of ours: in fenced and indented blocks, and in inline code."""
    text = text.replace("\\\n", " ")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.S | re.M)
    rest = re.sub(r"^```[a-z]*\n.*?^```", "", text, flags=re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"^ {4}(.+)$", rest, re.M) + re.findall(r"`([^`\n]+)`", rest)
    for line in lines:
        words = _words(line.strip().removeprefix("$ "))
        while words and "=" in words[0]:
            words = words[1:]
        if words and words[0].removeprefix(".venv/bin/") in OURS:
            yield [words[0].removeprefix(".venv/bin/"), *words[1:]]


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return []
    end = next((place for place, word in enumerate(words) if word in ENDS), len(words))
    return words[:end]


@cache
def _tree() -> dict[str, Any]:
    import typer

    from access_check.cli import app
    from callout.cli.main import build_app

    return {
        "access-check": typer.main.get_command(app),
        "callout": typer.main.get_command(build_app(None)),
    }


def _complaint(words: list[str]) -> str:
    """What is wrong with the command; empty where it can be typed."""
    name, *rest = words
    if name == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
        return ", ".join(f"no target {word}" for word in rest if "=" not in word and word not in targets)
    if name == "ansible-playbook":
        named = [word for word in rest if word.endswith(".yml")]
        missing = [word for word in named if not (ROOT / word).is_file()]
        return ", ".join(f"no playbook {word}" for word in missing)
    return _wrong_words(_tree()[name], rest)


def _wrong_words(command: Any, rest: list[str]) -> str:
    while rest and getattr(command, "commands", None):
        if rest[0] == "--help" or rest[0].isupper():
            return ""
        if rest[0].startswith("-") and command.invoke_without_command:
            break
        if rest[0] not in command.commands:
            return f"no verb {rest[0]}"
        command, rest = command.commands[rest[0]], rest[1:]
    known = {spelling for parameter in command.params for spelling in parameter.opts} | {"--help"}
    given = [word.partition("=")[0] for word in rest if re.match(r"^-{1,2}[A-Za-z]", word)]
    return ", ".join(f"no option {option}" for option in given if option not in known)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_command_shown_exists(path):
    shown = list(_commands(path.read_text(encoding="utf-8")))
    wrong = [f"{shlex.join(words)}: {complaint}" for words in shown if (complaint := _complaint(words))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_every_link_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert not lost, lost


def test_the_readme_begins_with_the_two_commands():
    shown = [words for words in _commands((ROOT / "README.md").read_text(encoding="utf-8")) if words[0] == "make"]
    assert shown[:2] == [["make", "demo"], ["make", "test"]]


def test_playbooks_show_how_they_are_called(files):
    for path in files("playbooks", suffixes=(".yml",)):
        if path.parent != Path("playbooks"):
            continue
        shown = re.findall(r"^#\s+(ansible-playbook .*)$", (ROOT / path).read_text(encoding="utf-8"), re.M)
        assert shown, path
        assert all(str(path) in line for line in shown), path


def test_generated_pages_are_what_the_code_says_now():
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_decisions_are_numbered_without_gaps_and_listed():
    found = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name[:4] for path in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in found if path.name not in index] == []
