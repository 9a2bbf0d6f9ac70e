"""What a system says is hostile: no text of it makes the rules think for long, or fall over."""

from __future__ import annotations

import time

import pytest

from callout.drift.change import Change
from callout.drift.look import Section
from tests.unit.drift.judging_desk import added, changed, evidence, fact, verdict

LONG = 16 * 1024
TEXTS = (
    "'" * LONG, '"' * (LONG - 1), "`" * (LONG - 1), "/*" * (LONG // 2), "/*!50001 " * 1500, "\\" * LONG, "(" * LONG,
    "int(" * 4000, "a " * (LONG // 2), " " * LONG, "= " * (LONG // 2), "CURRENT_TIMESTAMP( " * 800,
    "\x00\x1b[2J\u202e" * 2000,
    "AUTO_INCREMENT=" * 1000, "{{7*7}}{% for x in y %}", "\udcff\udcfe", "elements = { " + "1.1.1.1, " * 1500,
    "elements = { " + "a" * LONG, "-A INPUT " + "-p tcp " * 2000, "-A INPUT -s " + "1" * LONG + " -j DROP",
    "ip saddr { " + "1.1.1.1, " * 1500, "# Jan " + "1 " * 8000, "Mon, " * 3000, "# 2026-11-2" + "3" * LONG,
)  # fmt: skip
KEYS = {
    Section.TRIGGERS: "statement", Section.VIEWS: "definition", Section.COLUMNS: "default", Section.TABLES: "options",
    Section.FIREWALL: "rules", Section.KERNEL: "value", Section.USERS: "uid", Section.GROUPS: "members",
    Section.PORTS: "program", Section.CRON: "path", Section.PACKAGES: "version", Section.MOUNTS: "type",
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_no_text_makes_a_rule_think_for_long(text: str) -> None:
    changes: list[Change] = [fact(section, text, {key: "x"}, {key: text}) for section, key in KEYS.items()]
    changes += [fact(section, "x", None, {key: text}) for section, key in KEYS.items()]
    changes += [added(f"/usr/lib/{text}"), added(text), changed(f"/etc/{text[:9]}.conf")]
    path = changes[-1].subject
    told = evidence(texts_before={path: text}, texts_after={path: f"{text}!\n#"}, logins=(text,))
    began = time.process_time()
    for change in changes:
        found = verdict(change, told)
        safe = found.as_dict()
        assert all(sentence.isprintable() for sentence in (*safe["evidence"], *safe["hints"]))
    assert time.process_time() - began < 5
