"""Pure: which questions a system's shell is asked → one script, for `sh -s`. Its answer is read by look_answer."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources

from access_check.facts_profile import FactsProfile

# Enough to tell the questions of one look from another's; the secret of no one.
NONCE_LENGTH = 16


def look_script(nonce: str, facts: FactsProfile, asterisk: Sequence[str]) -> str:
    """The script that asks what `facts` lists, the quick questions first, and Asterisk by the candidates given.

    `nonce` is a word of letters and digits, new for each look. The questions are one compound command: a
    script that was cut on its way is not begun. Reads nothing from standard input beyond itself.
    """
    questions: list[tuple[str, ...]] = [("prove", nonce)]
    if "clock" in facts.asked:
        questions.append(("look_at_clock",))
    if "disk" in facts.asked:
        questions.append(("look_at_room", *facts.directories))
    if "load" in facts.asked:
        questions.append(("look_at_load",))
    if "tools" in facts.asked:
        questions.append(("look_at_tools", *asked_tools(facts)))
    if "version" in facts.asked and facts.version_file:
        questions.append(("look_at_product_file", facts.version_file))
    if "version" in facts.asked and facts.version_command:
        questions.append(("ask_product", facts.version_command))
    if "calls" in facts.asked and asterisk:
        questions.append(("ask_asterisk", *asterisk))
    questions.append(("finish", nonce))
    lines = "\n".join(map(_joined, questions))
    return f"{_functions()}\n{{\n{lines}\n}} </dev/null\n"


def proof(nonce: str) -> str:
    """The first line that comes back where sh has computed."""
    return f"{nonce}-42"


def asked_tools(facts: FactsProfile) -> tuple[str, ...]:
    """Every program asked for, once: the needed ones first."""
    return tuple(dict.fromkeys((*facts.tools.backup, *facts.tools.patch, *facts.tools_told)))


@lru_cache(maxsize=64)
def _joined(question: tuple[str, ...]) -> str:
    return shlex.join(question)


@cache
def _functions() -> str:
    text = (resources.files("access_check") / "scripts" / "look.sh").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
