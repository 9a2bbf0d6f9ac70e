"""Lint: each thing it says, and that it says nothing of a good bundle."""

from __future__ import annotations

import time
from typing import Any

import pytest

from callout.patches.build import build
from callout.patches.bundle import read_payload
from callout.patches.lint import lint
from tests.unit.patches.conftest import NOW, Site, sha256

OLD = b"old\n"
GOOD = {
    "versions": {"minimum": "8.0", "maximum": "8.1"}, "expires": "2027-01-31T00:00:00Z", "sequence": 1,
}  # fmt: skip
KEY = b"-----BEGIN OPENSSH PRIVATE KEY-----\nx\n"


def codes(site: Site, one: dict[str, Any] | None = None, sql: tuple[str, str, bool] | None = None, **values: Any):
    change = {"path": "a.conf", "action": "replace", "before": [sha256(OLD)], "content": b"new\n", **(one or {})}
    if change["action"] in ("symlink", "patch"):
        del change["content"]
    path = change["path"]
    folder = site.source([{**change, "path": "x"}], **GOOD | values)
    text = (folder / "bundle.yml").read_text().replace(str(site.root / "x"), path if path[0] == "/" else f"/opt/{path}")
    (folder / "files/old").write_bytes(OLD)
    (folder / "files/diff").write_bytes(b"--- a\n+++ b\n@@ -1 +1 @@\n-old\n+" + KEY.split(b"\n")[0] + b"\n")
    if sql:
        (folder / "up.sql").write_text(sql[0])
        (folder / "down.sql").write_text(sql[1])
        text = text[:-1] + f', "sql": {{"up": up.sql, "down": down.sql, "transactional": {str(sql[2]).lower()}}}}}'
    (folder / "bundle.yml").write_text(text)
    return sorted(one.code for one in lint(read_payload(build(folder), "x"), NOW))


def test_nothing_to_say_of_a_good_bundle(site: Site):
    assert codes(site) == ["clean"]
    assert codes(site, sql=("UPDATE a SET b = 'COMMIT; DROP';\n", "-- ALTER\nUPDATE a SET b = 1;\n", True),
                 health=["web.gui"]) == ["clean"]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"expires": "2026-03-03T10:00:00Z"}, "expired"),
        ({"expires": None}, "never"),
        ({"sequence": 0}, "none"),
        ({"versions": "any"}, "any"),
        ({"restart": ["web"], "downtime_minutes": 0}, "none"),
        ({"one": {"path": "/etc/hosts"}}, "base-system"),
        ({"one": {"mode": "4755"}}, "open-mode"),
        ({"one": {"mode": "0666"}}, "open-mode"),
        ({"one": {"content": OLD}}, "no-change"),
        ({"one": {"content": b""}}, "empty"),
        ({"one": {"content": KEY}}, "secret"),
        ({"one": {"content": b"a\r\nb\n"}}, "mixed-ends"),
        ({"one": {"content": b"#!/bin/sh\r\nexit\r\n"}}, "crlf-script"),
        ({"one": {"action": "create", "before": [], "content": b"#!/bin/sh\n", "mode": "0644"}}, "not-executable"),
        ({"one": {"action": "symlink", "path": "/opt/a/now", "target": "../../etc/shadow"}}, "leads-out"),
        ({"one": {"action": "symlink", "path": "/opt/a/now", "target": "/opt/a/now"}}, "loop"),
        ({"one": {"action": "patch", "before": ["files/old"], "diff": "files/diff"}}, "secret"),
    ],
)
def test_each_thing_it_says(site: Site, values, code):
    assert codes(site, **values) == [code]


def test_text_diff_of_encoded_php(site: Site):
    told = codes(site, {"action": "patch", "path": "a.php", "before": ["files/old"], "diff": "files/diff"})
    assert told == ["encoded", "secret"]


@pytest.mark.parametrize(
    ("up", "transactional", "code"),
    [
        ("ALTER TABLE a ADD b INT;\n", True, "commits"),
        ("UPDATE a SET b = 1;\nCOMMIT;\n", False, "own-transaction"),
        ("USE other;\n", False, "own-transaction"),
        ("\\! reboot\n", False, "client-command"),
        ("SELECT 1\nsystem reboot\n", False, "client-command"),
        ("SELECT 1;\nsource /etc/passwd;\n", False, "client-command"),
        ("SELECT 1;\nSYSTEM reboot;\n", False, "client-command"),
        ("/*!50000 DROP TABLE a */;\n", False, "hidden"),
    ],
)
def test_sql(site: Site, up, transactional, code):
    assert codes(site, sql=(up, "SELECT 2;\n", transactional), health=["web.gui"]) == [code]


def test_sql_that_takes_nothing_back_or_is_never_looked_at(site: Site):
    assert codes(site, sql=("SELECT 1;\n", "SELECT 1;\n", False)) == ["same", "unseen"]


@pytest.mark.parametrize("unit", ["'", '"', "`", "/*", "--", "#", "\\", "';", "/*!"])
def test_hostile_sql_is_read_once(site: Site, unit):
    began = time.process_time()
    codes(site, sql=(unit * 200_000 + "\n", "SELECT 1;\n", True))
    assert time.process_time() - began < 5
