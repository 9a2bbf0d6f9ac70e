"""Pure: blocks of mounts, listening ports and firewalls → facts."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from callout.drift.fact_making import FactsRefused
from callout.drift.look import Fact, Section
from callout.drift.secret_texts import bounded, without_secrets
from callout.drift.sections import Block

# How the kernel writes spaces, tabs, newlines, backslashes and # in mountinfo.
ESCAPED = re.compile(rb"\\([0-3][0-7][0-7])")
PORT = re.compile(
    r" *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F:]+ (0A|07) \S+ \S+ \S+ +(\d+) +\d+ +(\d+) .*"
)
SOCKET = re.compile(r"/proc/(\d{1,10})/fd/\d{1,10} socket:\[(\d{1,20})\]")
PROGRAM = re.compile(r"/proc/(\d{1,10})/exe (/.*?)?(?: \(deleted\))?")
# Counts of packets and bytes.
COUNTED = re.compile(r" ?\[\d+:\d+\] ?")


def mounts(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By mount point: source, type, root (what of the source), options and super_options (sorted). proc(5)."""
    for block in blocks:
        for line in block.content():
            before, dash, behind = line.partition(" - ")
            words, more = before.split(" "), behind.split(" ")
            if not dash or len(words) < 6 or len(more) < 3 or not words[4].startswith("/"):
                raise FactsRefused("a mount is not understood")
            value = {
                "source": unescaped(more[1]),
                "type": more[0],
                "root": unescaped(words[3]),
                "options": ",".join(sorted(words[5].split(","))),
                "super_options": without_secrets(salt, ",".join(sorted(more[2].split(",")))),
            }
            yield Fact(Section.MOUNTS, unescaped(words[4]), value)


def unescaped(told: str) -> str:
    """A name as the kernel writes it in mountinfo, as it is."""
    raw = told.encode("utf-8", "surrogateescape")
    return ESCAPED.sub(lambda found: bytes([int(found[1], 8)]), raw).decode("utf-8", "surrogateescape")


def ports(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By `tcp ADDRESS:PORT` or `udp …`: uid, program (those that have it open, sorted, joined by spaces)."""
    owners: dict[str, set[str]] = {}
    programs: dict[str, str] = {}
    for block in blocks:
        if block.kind == "sockets":
            for line in block.content():
                if found := SOCKET.fullmatch(line):
                    owners.setdefault(found[2], set()).add(found[1])
        elif block.kind == "programs":
            for line in block.content():
                if found := PROGRAM.fullmatch(line):
                    programs[found[1]] = found[2] or ""
    merged: dict[str, tuple[set[str], set[str]]] = {}
    for block in blocks:
        if block.kind not in ("tcp", "tcp6", "udp", "udp6"):
            continue
        for line in block.content():
            found = PORT.fullmatch(line)
            if not found:
                raise FactsRefused("a port is not understood")
            if (found[3] == "0A") != block.kind.startswith("tcp"):
                continue
            subject = f"{block.kind[:3]} {_address(found[1])}:{int(found[2], 16)}"
            uids, names = merged.setdefault(subject, (set(), set()))
            uids.add(found[4])
            names |= {programs[process] for process in owners.get(found[5], ()) if programs.get(process)}
    for subject, (uids, names) in merged.items():
        yield Fact(
            Section.PORTS, subject, {"uid": " ".join(sorted(uids)), "program": bounded(salt, " ".join(sorted(names)))}
        )


def _address(told: str) -> str:
    """The kernel writes addresses as words of this machine's order; all that we know have little-endian ones."""
    raw = b"".join(bytes.fromhex(told[place : place + 8])[::-1] for place in range(0, len(told), 8))
    address = ipaddress.ip_address(raw)
    return str(address) if address.version == 4 else f"[{address}]"


def firewall(blocks: Sequence[Block], salt: bytes) -> Iterator[Fact]:
    """By program, table and chain: policy, rules (in order, a line each, without counters)."""
    for block in blocks:
        if block.kind in ("iptables-save", "ip6tables-save"):
            yield from _tables(block, salt)
        elif block.kind == "nft":
            yield from _nft(block, salt)


def _tables(block: Block, salt: bytes) -> Iterator[Fact]:
    table, policies, rules, ended = "", {}, {}, True  # type: str, dict[str, str], dict[str, list[str]], bool
    for line in block.content():
        said = COUNTED.sub("", line).strip()
        if not said or said.startswith("#"):
            continue
        if said.startswith("*"):
            table, policies, rules, ended = said[1:], {}, {}, False
        elif said.startswith(":"):
            chain, _, policy = said[1:].partition(" ")
            policies[chain], rules[chain] = policy, []
        elif said.startswith("-A "):
            chain = said.split(" ")[1]
            rules.setdefault(chain, []).append(said)
        elif said == "COMMIT":
            ended = True
            for chain, lines in rules.items():
                value = {"policy": policies.get(chain, ""), "rules": bounded(salt, "\n".join(lines))}
                yield Fact(Section.FIREWALL, f"{block.kind.removesuffix('-save')} {table} {chain}", value)
        else:
            raise FactsRefused("a line of iptables-save is not understood")
    if not ended:
        raise FactsRefused("a table of the firewall has no end")


def _nft(block: Block, salt: bytes) -> Iterator[Fact]:
    path: list[str] = []
    lines: dict[str, list[str]] = {}
    for line in block.content():
        said = " ".join(line.split())
        if not said or said.startswith("#"):
            continue
        if said == "}":
            if not path:
                raise FactsRefused("a block of nft ends that did not begin")
            path.pop()
        elif said.endswith("{") and len(path) < 2:
            path.append(said[:-1].strip())
            lines.setdefault(" ".join(path), [])
        elif not path:
            raise FactsRefused("a line of nft is not understood")
        else:
            lines[" ".join(path[:2])].append(said)
            deeper = said.count("{") - said.count("}")
            if deeper < 0:
                del path[deeper:]
            path += ["{"] * deeper
    if path:
        raise FactsRefused("a block of nft has no end")
    for name, rules in lines.items():
        yield Fact(Section.FIREWALL, f"nft {name}", {"policy": "", "rules": bounded(salt, "\n".join(rules))})
