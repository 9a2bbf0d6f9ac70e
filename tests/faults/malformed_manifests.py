"""Malformed manifests, always the same ones, and a program that reads them and says how it went.

Usage: python -m tests.faults.malformed_manifests COUNT FOLDER. Prints JSON: how many were refused, how many were whole
after all, the slowest in seconds, the memory at its most over what it was before, in bytes.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callout.errors import BadInput
from callout.patches.build import build
from callout.patches.manifest import manifest_from_text

ONE, TWO = "1" * 64, "2" * 64
LIMIT_BYTES = 256 * 1024 * 1024
GOOD: dict[str, Any] = {
    "format_version": 2, "id": "PW-2041", "title": "T", "severity": "high", "products": ["pbxware"],
    "versions": {"minimum": "8.0", "maximum": "8.1"}, "bug": "PBX-77", "documentation": "https://docs.example/PBX-77",
    "downtime_minutes": 5, "restart": ["web"], "customers": ["acme"], "expires": "2027-01-31T00:00:00Z", "sequence": 3,
    "requires": ["PW-1"], "conflicts": ["PW-2"], "supersedes": ["PW-3"], "health": ["web.gui"], "manual": ["Say so."],
    "sql": {"database": "product", "up": ONE, "down": TWO, "transactional": True},
    "files": [
        {"path": "/opt/a", "action": "replace", "before": [ONE], "after": TWO, "size": 3, "mode": "keep",
         "owner": "keep", "target": None, "diff": None},
        {"path": "/opt/b", "action": "symlink", "before": ["absent"], "after": None, "size": None, "mode": "keep",
         "owner": "keep", "target": "c", "diff": None},
        {"path": "/opt/d", "action": "patch", "before": [ONE], "after": TWO, "size": 3, "mode": "0644",
         "owner": "0:0", "target": None, "diff": ONE},
    ],
}  # fmt: skip
STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 1.0, 10**30, 10**4000, -(10**18), "", " ", "x" * 5000, "x" * 300_000, "\n", "\0",
    "\x1b[2J", "é", "\u202e", "\U0001f600", "../../etc/passwd", "/etc/../x", "//", "/", "/proc/1/mem", "absent",
    "link:",
    "link:" + ONE, ONE, ONE[:-1], ONE + "\n", ONE.replace("1", "A"), [], {}, [[]], [{}], {"": ""}, [None] * 60,
    ["x"] * 2,
    ["PW-1"] * 300, [ONE] * 51, [{"path": "/a"}] * 600, {"a": {"b": {"c": {}}}}, "keep", "0644", "9999", "00644",
    "4755",
    "0:0", "0:0:0", "-1:0", "2027-02-31T00:00:00Z", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "$(reboot)",
    "PW-2041", "PW", "any", "8..1", "1." * 3000, "a" * 64, "delete", "create", "symlink", "patch", "pbxware",
)  # fmt: skip
YAML = (
    "&a [*a]", "*nobody", "<<: {a: 1}", "!!python/object/apply:os.system [id]", "!!python/name:os.system",
    "!!binary //8=",
    "!!binary zz", "!!set {a, b}", "!!timestamp x", "!!int x", "!!float x", "!!omap [a]", "!!pairs [a]", "!x y", ".inf",
    ".nan", "0o17", "1_000", "190:20:30", "2027-13-45", "2027-01-31", "2027-01-31 00:00:00", "2027-01-31T00:00:00.5Z",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "{a: b, a: c}", "? [x]\n: y", "|\n x", "\ttab", "'", '"',
    '"\\ud800"', '"\\x00"', "%YAML 9.9", "---\na: b", "...\n", "[" * 2000, "{a: " * 2000, "- " * 2000, "\xa0", "\ufeff",
    "yes", "~", "=", "1" * 5000,
)  # fmt: skip


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a value: keys and indexes that lead there."""
    yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _places(each, (*way, key))


def _mutant(chance: random.Random) -> Any:
    """The good manifest with one to three things wrong."""
    made = json.loads(json.dumps(GOOD))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        places = [way for way in _places(made) if way]
        way = chance.choice(places)
        within = made
        for key in way[:-1]:
            within = within[key]
        kind = chance.randrange(4)
        if kind == 0:
            del within[way[-1]]
        elif kind == 1 and isinstance(within, dict):
            within[chance.choice(("extra", "", "\x1b[2J", "x" * 3000, "\n", "constructor"))] = chance.choice(STRANGE)
        elif kind == 2 and isinstance(within, list):
            within.append(chance.choice(STRANGE))
        else:
            within[way[-1]] = chance.choice(STRANGE)
        if not isinstance(made, dict) or not made:
            break
    return made


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _bytes(chance: random.Random) -> bytes:
    """Text that is wrong as text: cut, doubled, of another encoding, deep, wide."""
    whole = _canonical(GOOD)
    at = chance.randrange(len(whole))
    return chance.choice((
        whole[:at], whole[:at] + bytes([chance.randrange(256)]) + whole[at + 1 :], whole[:at] + whole[at + 1 :],
        whole * 2,
        b" " + whole, whole + b"\n", whole.decode().encode("utf-16"), b"\xef\xbb\xbf" + whole,
        json.dumps(GOOD).encode(),
        whole.replace(b'"id":', b'"id":"PW-9","id":', 1), whole.replace(b"5", b"5.0", 1), whole.replace(b"5", b"NaN",
        1),
        whole.replace(b'"T"', b'"\\ud800"'), whole.replace(b'"T"', b'"\xed\xa0\x80"'), whole.replace(b'"T"',
        b'"\\u0054"'),
        b"[" * chance.randrange(200_000), b'{"a":' * chance.randrange(100_000), b"9" * chance.randrange(200_000),
        b"{" + b",".join(b'"%d":1' % number for number in range(chance.randrange(90_000))) + b"}",
        whole.replace(b'"files":[', b'"files":[' + b"{}," * chance.randrange(200_000)),
        whole.replace(b'"manual":[', b'"manual":[' + b'"x",' * chance.randrange(200_000)),
        bytes(chance.randrange(256) for _ in range(chance.randrange(2000))), b"x" * 2_000_000, b"",
    ))  # fmt: skip


def _source(chance: random.Random) -> bytes:
    """A bundle.yml: a mutant, or a good one with a line of YAML that is none, or that stands for much."""
    if chance.random() < 0.4:
        return _canonical(_mutant(chance))
    if chance.random() < 0.1:
        levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 9))
        return chance.choice((
            "l0: &l0 lol\n" + levels,
            "m0: &m0 {a: b}\n" + "".join(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 10)}]}}\n" for n in range(1,
            9)),
            "a: &a {b: *a}\n", "k: " + "[" * 50_000, "k" * 200_000, "- x\n" * 100_000, "a: 1\n" * 90_000,
            "".join(f"k{number}: 1\n" for number in range(60_000)),
        )).encode()  # fmt: skip
    lines = [f"{key}: {json.dumps(value)}" for key, value in GOOD.items()]
    at, told = chance.randrange(len(lines)), chance.choice(YAML)
    key = lines[at].partition(":")[0]
    lines[at] = chance.choice((f"{key}: {told}", told, f"{told}: x", f"{key}: [{told}]", f"{key}: {{a: {told}}}"))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _cost() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def read_all(count: int, folder: Path) -> dict[str, Any]:
    """Reads as many. Anything but BadInput goes through: that is the traceback that must not be."""
    chance = random.Random(20261123)
    manifest_from_text(_canonical(GOOD), "x")
    told = {"refused": 0, "whole": 0, "slowest_s": 0.0, "worst": ""}
    at_first = _cost()
    for number in range(count):
        kind = number % 3
        raw = (_canonical(_mutant(chance)), _bytes(chance), _source(chance))[kind]
        if kind == 2:
            (folder / "bundle.yml").write_bytes(raw)
        began = time.process_time()
        try:
            _ = build(folder) if kind == 2 else manifest_from_text(raw, "x")
            told["whole"] += 1
        except BadInput as error:
            told["refused"] += 1
            said = f"{error.message} {error.hint}"
            assert said.isprintable() and len(said) < 1500, (number, said[:300])
        took = time.process_time() - began
        if took > told["slowest_s"]:
            told["slowest_s"], told["worst"] = took, f"{number}: {raw[:60]!r}"
    return {**told, "grown_bytes": _cost() - at_first}


if __name__ == "__main__":
    # A page that stands for gigabytes ends here, with a MemoryError that is no BadInput.
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + LIMIT_BYTES, size + LIMIT_BYTES))
    sys.stdout.write(json.dumps(read_all(int(sys.argv[1]), Path(sys.argv[2]))))
