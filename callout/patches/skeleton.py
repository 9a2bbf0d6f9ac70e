"""Pure: the first `bundle.yml` of a new folder, with a comment per key. Filled in, it builds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_HEAD = """\
# A patch bundle. Every key is explained in docs/reference/bundle-format.md. Build, look, sign:
#   callout patch build . -o {id}.callout && callout patch lint {id}.callout
format_version: 2
id: {id}                     # capital letters and digits, in 2 to 4 parts
sequence: 1                  # one more at each build that is given away; systems never go back
title: {title}               # one line, for the customer
severity: {severity}         # low, medium, high, critical
products: [pbxware]          # pbxware, serverware
versions: {{minimum: "{version}", maximum: "{version}"}}   # both included; those it was tried on
bug: {bug}                   # where the why can be read
documentation: {documentation}
expires: {expires}           # from then on nobody applies it any more; or: null
downtime_minutes: 5          # how long calls cannot be made, as you expect it
restart: []                  # services, by the names in callout_system.operation.restart
health: []                   # findings that must pass besides the usual ones, like service@asterisk
customers: []                # inventory ids; empty: any
requires: []                 # bundles that must be in
conflicts: []                # bundles that must not be in
supersedes: []               # bundles whose work this one does, too
manual: []                   # steps for people, one line each
sql: null                    # or: {{up: sql/up.sql, down: sql/down.sql, transactional: true}}
"""
_EXAMPLE = """\
files:                       # at least one; paths are those on the system, contents lie in this folder
  - path: /opt/pbxware/pw/CHANGE-ME
    action: replace          # create, replace, delete, symlink, patch
    before: [originals/CHANGE-ME]   # what may be there now: files of this folder, or SHA-256
    content: files/CHANGE-ME
#  - path: /opt/pbxware/pw/etc/some.conf
#    action: patch           # a text diff, applied to exactly this original and nothing else
#    before: [originals/some.conf]
#    diff: some.diff         # LC_ALL=C diff -u originals/some.conf NEW
#  - path: /opt/pbxware/pw/current
#    action: symlink
#    target: releases/8.1.4
#    before: [absent, link: releases/8.1.3]
#  - path: /opt/pbxware/pw/new.txt
#    action: create          # nothing may be there
#    content: files/new.txt
#    mode: "0644"
#    owner: "0:0"
"""
DEFAULTS = {
    "id": "PW-0000",
    "title": "CHANGE-ME",
    "severity": "medium",
    "version": "0",
    "bug": "CHANGE-ME",
    "documentation": "https://CHANGE-ME.example/",
}


def skeleton(values: Mapping[str, str], files: Sequence[Mapping[str, Any]] | None = None) -> str:
    """The text of `bundle.yml`.

    `values` may give what DEFAULTS has, and must give `expires` (`2027-01-31T00:00:00Z`); they are one line each and
    are written quoted where YAML needs that. `files` are entries as bundle.yml has them; without them an example.
    """
    told = {**DEFAULTS, **values}
    plain = {key: told[key] if key in ("id", "version", "severity", "expires") else _quoted(told[key]) for key in told}
    return _HEAD.format(**plain) + (_EXAMPLE if files is None else _listed(files))


def _listed(files: Sequence[Mapping[str, Any]]) -> str:
    lines = ["files:"]
    for one in files:
        mark = "  - "
        for key, value in one.items():
            lines.append(f"{mark}{key}: {_quoted(value)}")
            mark = "    "
    return "\n".join([*lines, ""])


def _quoted(value: Any) -> str:
    """JSON is YAML, and no character in it is read as anything else."""
    return json.dumps(value)
