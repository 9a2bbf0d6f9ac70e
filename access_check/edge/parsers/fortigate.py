"""FortiGate: `show firewall vip` and `show firewall policy` together: a VIP works only where a policy accepts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from access_check.edge.forwards import EVERY_PORT, Forward, Parsed, Ports
from access_check.edge.parsers.reading import Lines, one_address, port_range, protocols, quoted_words, read_lines

_SECTIONS = ("firewall vip", "firewall policy")
_SERVICES = {"HTTP": 80, "HTTPS": 443, "SSH": 22, "SIP": 5060}
_POLICIES_OF_ONE = 32
_EVERY_SERVICE = frozenset({"ALL", "ALL_TCP"})


@dataclass(slots=True)
class _Entry:
    name: str
    line: int
    settings: dict[str, list[str]] = field(default_factory=dict)

    def first(self, key: str, default: str = "") -> str:
        return next(iter(self.settings.get(key, [])), default)


def parse(text: str) -> Parsed:
    """The VIPs in the device's order, each with what the policies that name it allow.

    A VIP that no enabled policy accepts counts as not enabled. Without the policies in the text, and where a
    policy names a group that may hold the VIP, it is in doubt.
    """
    read = read_lines(text)
    strange = list(read.too_long)
    entries = _entries(read, strange)
    policies = _policies(entries["firewall policy"], {vip.name for vip in entries["firewall vip"] or []})
    forwards: list[Forward] = []

    for vip in entries["firewall vip"] or []:
        found = _forward(vip)
        if found is None:
            strange.append(vip.line)
        elif found.protocol:
            forwards += _allowed(vip, found, policies)
    whole = tuple(sorted(set(strange)))
    if entries["firewall vip"] is None and not whole:
        whole = (1,)  # a text without the section says nothing about what is absent
    return Parsed(tuple(forwards), whole, read.cut)


def _entries(read: Lines, strange: list[int]) -> dict[str, list[_Entry] | None]:
    """The entries of both sections, None for a section that is not there; nested blocks are passed over."""
    found: dict[str, list[_Entry] | None] = dict.fromkeys(_SECTIONS)
    path: list[str] = []
    entry: _Entry | None = None
    for line in read.lines:
        words = quoted_words(line.text) or []
        section = path[0] if path else ""
        if words[:1] == ["config"] and len(path) < 8:
            path.append(" ".join(words[1:]))
            if len(path) == 1 and path[0] in found and found[path[0]] is None:
                found[path[0]] = []
        elif words[:1] == ["end"] and path:
            path.pop()
        elif section and section not in found:
            continue
        elif words[:1] == ["edit"] and len(words) == 2 and path:
            if len(path) == 1:
                entry = _Entry(words[1], line.number)
                listed = found[section]
                if listed is not None:
                    listed.append(entry)
        elif words[:1] == ["next"] and path:
            entry = None if len(path) == 1 else entry
        elif words[:1] in (["set"], ["unset"]) and len(words) >= 2 and entry is not None:
            if len(path) == 1 and words[0] == "set":
                entry.settings[words[1]] = words[2:]
        else:
            strange.append(line.number)
    return found


def _forward(vip: _Entry) -> Forward | None:
    """The VIP by itself; protocol empty where it has nothing to do with TCP, None where it is not understood."""
    kind, mapped = vip.first("type", "static-nat"), vip.settings.get("mappedip", [])
    host = one_address(mapped[0]) if len(mapped) == 1 else ""
    if kind != "static-nat" or not host:
        return None
    address = one_address(vip.first("extip"))
    address = "" if address == "0.0.0.0" else address  # noqa: S104 - FortiOS' word for any address of the interface
    enabled = vip.first("status", "enable") == "enable"
    source = " ".join(["src-filter", *vip.settings["src-filter"]]) if vip.settings.get("src-filter") else ""
    if vip.first("portforward", "disable") != "enable":
        return Forward("any", EVERY_PORT, host, None, vip.line, address, source, enabled)
    known = protocols(vip.first("protocol", "tcp"))
    outside = port_range(vip.first("extport"))
    inside: Ports | None = port_range(vip.first("mappedport")) if vip.first("mappedport") else outside
    if known == ():
        return Forward("", EVERY_PORT, "", None, vip.line)
    if known is None or outside is None or inside is None:
        return None
    return Forward(known[0], outside, host, inside, vip.line, address, source, enabled)


@dataclass(frozen=True, slots=True)
class _Policies:
    """Enabled accepting policies by the destination that they name; `groups` if one names what may be a group."""

    by_destination: Mapping[str, list[_Entry]]
    groups: bool


def _policies(entries: list[_Entry] | None, vips: set[str]) -> _Policies | None:
    if entries is None:
        return None
    by_destination: dict[str, list[_Entry]] = {}
    for policy in entries:
        if policy.first("action", "deny") == "accept" and policy.first("status", "enable") == "enable":
            for name in policy.settings.get("dstaddr", []):
                by_destination.setdefault(name, []).append(policy)
    return _Policies(by_destination, bool(set(by_destination) - vips - {"all"}))


def _allowed(vip: _Entry, found: Forward, policies: _Policies | None) -> list[Forward]:
    """The forward as far as each policy lets it through."""
    if policies is None:
        return [_with(found, doubt="the text does not hold the policies (show firewall policy)")]
    own = policies.by_destination.get(vip.name, [])[:_POLICIES_OF_ONE]
    if own:
        return [one for policy in own for one in _through(found, policy)]
    if policies.groups and found.enabled:
        return [_with(found, doubt="no policy names it; a group in a policy may hold it")]
    return [_with(found, enabled=False)]


def _through(found: Forward, policy: _Entry) -> list[Forward]:
    source = [found.source] if found.source else []
    senders = policy.settings.get("srcaddr", [])
    source += [f"srcaddr {' '.join(senders)}"] if senders and "all" not in senders else []
    unread = [key for key in ("srcaddr-negate", "dstaddr-negate", "service-negate") if policy.first(key) == "enable"]
    unread += [f"schedule {policy.first('schedule')}"] if policy.first("schedule", "always") != "always" else []
    doubt = f"policy {policy.name} has {', '.join(unread)}" if unread else ""
    services = policy.settings.get("service", [])
    said = "; ".join(source)[:200]
    if _EVERY_SERVICE & set(services):
        return [_with(found, source=said, doubt=doubt)]
    # A policy looks at the port behind the translation.
    inside = found.inside
    if inside is not None and any(_SERVICES.get(name) == inside.first == inside.last for name in services):
        return [_with(found, source=said, doubt=doubt)]
    return [
        _with(
            found, source=said, doubt=f"policy {policy.name} is for service {' '.join(services)[:120] or 'none'} only"
        )
    ]


def _with(found: Forward, *, source: str | None = None, enabled: bool | None = None, doubt: str = "") -> Forward:
    return Forward(
        found.protocol,
        found.outside,
        found.inside_host,
        found.inside,
        found.line,
        found.outside_address,
        found.source if source is None else source,
        found.enabled if enabled is None else enabled,
        doubt,
    )
