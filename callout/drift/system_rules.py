"""Pure: ports, kernel settings, firewalls and mounts: what the system and the product change by themselves."""

from __future__ import annotations

import re
from collections import Counter

from callout.drift.case import Case
from callout.drift.change import Change, Values, What
from callout.drift.explanation import Explanation
from callout.drift.globs import matches
from callout.drift.look import Section
from callout.drift.provenance import Provenance

# What counts, or is drawn anew.
COUNTED = (
    "fs/dentry-state", "fs/inode-nr", "fs/inode-state", "fs/file-nr", "fs/aio-nr", "fs/quota/**", "kernel/ns_last_pid",
    "kernel/pty/nr", "kernel/random/**", "kernel/*_next_id", "kernel/sched_domain/**", "kernel/cad_pid",
    "kernel/tainted", "net/netfilter/nf_conntrack_count", "net/core/netdev_rss_key", "vm/stat_refresh",
)  # fmt: skip
# What a kernel works out at each start; people set it, too, so that it cannot be told.
SELF_TUNED = (
    "kernel/threads-max", "kernel/pid_max", "kernel/hostname", "kernel/domainname", "kernel/sched_*", "kernel/numa_*",
    "kernel/keys/*", "kernel/perf_*", "kernel/watchdog*", "kernel/version", "kernel/osrelease", "fs/file-max",
    "fs/epoll/max_user_watches", "fs/inotify/max_user_watches", "fs/aio-max-nr", "fs/binfmt_misc/**", "fs/mqueue/*",
    "vm/min_free_kbytes", "vm/user_reserve_kbytes", "vm/admin_reserve_kbytes", "vm/lowmem_reserve_ratio", "vm/nr_*",
    "user/max_*", "net/netfilter/nf_conntrack_*", "net/nf_conntrack_max", "net/ipv4/tcp_*mem", "net/ipv4/udp_mem",
    "net/ipv4/tcp_max_*", "net/ipv4/inet_peer_*", "net/ipv[46]/neigh/**", "net/ipv[46]/route/*",
    "net/ipv4/tcp_available_*", "net/ipv4/tcp_allowed_*", "sunrpc/**", "dev/**",
)  # fmt: skip
_KERNELS_OWN = frozenset(
    {
        "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "mqueue", "debugfs", "tracefs", "securityfs",
        "pstore", "bpf", "autofs", "hugetlbfs", "configfs", "fusectl", "binfmt_misc", "rpc_pipefs", "nsfs", "efivarfs",
    }
)  # fmt: skip
_KERNELS_POINTS = ("/proc/**", "/sys/**", "/dev/**", "/run/**", "/proc", "/sys", "/dev", "/run")
_ADDRESS = r"[0-9a-fA-F.:]{2,45}"
_NETWORK = rf"{_ADDRESS}(?:/\d{{1,3}})?"
_NAMES = r"(?:f2b|fail2ban|sipprot)[\w.-]*"
_SHUT = r"(?:DROP|REJECT(?: --reject-with [\w-]+)?|drop|reject(?: with [\w -]+)?)"
_MATCHED = r"(?:-[pm] \w+ |--dports? [\d,:]+ )*"
# One address that is kept out: what fail2ban and its like write, and nothing else.
_BAN = re.compile(
    rf"-A \S+ -s {_ADDRESS}(?:/32|/128)? {_MATCHED}-j {_SHUT}|ip6? saddr {_ADDRESS} {_SHUT}"
    rf"|-A \S+ {_MATCHED}-m set --match-set {_NAMES} src -j {_SHUT}"
    rf"|-A {_NAMES} -j RETURN|-A INPUT {_MATCHED}-j {_NAMES}",
    re.IGNORECASE,
)
# In a set of such a guard's own. A set of somebody else's may be one of friends.
_ELEMENTS = re.compile(
    rf"(?:elements = \{{ )?{_NETWORK}(?:, {_NETWORK})*,?(?: \}})?|type ipv[46]_addr|flags \w+|counter|\}}"
)
# Networks kept out, or a set of which it is not known what it is for.
_MAY_BE_A_BAN = re.compile(rf"-A \S+ -s {_NETWORK} {_MATCHED}-j {_SHUT}|ip6? saddr \S.* {_SHUT}|{_ELEMENTS.pattern}")
_GUARDS = re.compile(rf"\S+ \S+ {_NAMES}|nft table \S+ {_NAMES}(?: .*)?", re.IGNORECASE)
_BUILT_IN = re.compile(r" (?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$")


def explain_port(change: Change, case: Case) -> Explanation | None:
    """A port of one of the product's own programs, none of which changed: calls open and close them."""
    if change.section is not Section.PORTS:
        return None
    programs = programs_of(change)
    if not programs or any((Section.FILES, program) in case.by_place for program in programs):
        return None
    names = {program.rpartition("/")[2] for program in programs}
    known = all(matches(name, case.catalogue.programs) for name in names)
    if known and all(case.catalogue.is_vendors(program) for program in programs):
        told = f"It is a port of {', '.join(sorted(names))}, which is the product's own and did not change."
        return Explanation(Provenance.PRODUCT_DATA, "own-program", (told,))
    return None


def programs_of(change: Change) -> list[str]:
    """The programs that have, or had, the port open; without those that cannot be told."""
    told = f"{(change.before or {}).get('program', '')} {(change.after or {}).get('program', '')}"
    return sorted({word for word in told.split(" ") if word.startswith("/")})


def explain_service(change: Change, case: Case) -> Explanation | None:
    """A unit that systemd made by itself, out of a mount, a session or an old script."""
    states = {(values or {}).get("state", "") for values in (change.before, change.after)} - {""}
    if change.section is Section.SERVICES and states and states <= {"transient", "generated"}:
        return _noise("made-by-systemd", "systemd made the unit by itself; nobody installed it.")
    return None


def explain_kernel(change: Change, case: Case) -> Explanation | None:
    """What a kernel changes by itself: modules that are loaded when they are needed, settings that it works out."""
    if change.section is not Section.KERNEL:
        return None
    if change.subject.startswith("module "):
        name = change.subject.removeprefix("module ")
        if module_file(name, case) is None:
            return _noise("module", "Modules are loaded when they are needed; no file of this one changed.")
        return None
    if not change.subject.startswith("sysctl "):
        return None
    if matches(_key(change), COUNTED):
        return _noise("counted", "It counts, or is drawn anew.")
    if change.what is not What.CHANGED:
        return _noise("comes-with", "A setting comes and goes with a module or a network interface; nobody adds one.")
    return None


def is_self_tuned(change: Change) -> bool:
    """Whether it is a setting that the kernel works out at each start."""
    return change.subject.startswith("sysctl ") and matches(_key(change), SELF_TUNED)


def _key(change: Change) -> str:
    """The key as a path: its dots are to a pattern what slashes are."""
    return change.subject.removeprefix("sysctl ").replace(".", "/")


def module_file(name: str, case: Case) -> Change | None:
    """The changed file of a kernel's module, whose name has - and _ mixed."""
    wanted = name.replace("-", "_")
    for change in case.changes:
        if change.section is Section.FILES and ".ko" in change.subject:
            file = change.subject.rpartition("/")[2].partition(".ko")[0]
            if file.replace("-", "_") == wanted:
                return change
    return None


def explain_firewall(change: Change, case: Case) -> Explanation | None:
    """Addresses that a guard against guessing keeps out for a while, one by one; nothing that lets anybody in."""
    if change.section is not Section.FIREWALL or (change.what is What.CHANGED and not change.only("rules")):
        return None
    seen = change.after or change.before or {}
    if change.what is not What.CHANGED and _BUILT_IN.search(change.subject) and not seen.get("rules"):
        if seen.get("policy") == "ACCEPT":
            return _noise("empty-table", "A table that was used for the first time shows its chains, which are empty.")
        return None
    guards = _GUARDS.fullmatch(change.subject) is not None
    moved = _moved(change)
    if not (guards or change.what is What.CHANGED) or not moved or not _in_order(change, moved):
        return None
    if not all(_BAN.fullmatch(line) or (guards and _ELEMENTS.fullmatch(line)) for line in moved):
        return None
    told = "Only single addresses are kept out, or are no more: a guard against guessed passwords does that by itself."
    return Explanation(Provenance.PRODUCT_DATA, "bans", (told,))


def may_be_bans(change: Change) -> bool:
    """Whether a firewall's change lets nobody in: networks that are kept out, members of a set."""
    moved = _moved(change) if change.section is Section.FIREWALL else Counter[str]()
    if change.what is not What.CHANGED or not change.only("rules") or not _in_order(change, moved):
        return False
    return bool(moved) and all(_BAN.fullmatch(line) or _MAY_BE_A_BAN.fullmatch(line) for line in moved)


def _moved(change: Change) -> Counter[str]:
    before, after = Counter(_lines(change.before)), Counter(_lines(change.after))
    return (before - after) + (after - before)


def _in_order(change: Change, moved: Counter[str]) -> bool:
    """What stayed is in the order that it was in: rules that change places mean something else."""
    kept = [[line for line in _lines(values) if line not in moved] for values in (change.before, change.after)]
    return change.what is not What.CHANGED or kept[0] == kept[1]


def explain_mount(change: Change, case: Case) -> Explanation | None:
    """What the kernel mounts for itself, where it belongs, in any root file system."""
    if change.section is not Section.MOUNTS:
        return None
    seen = change.after or change.before or {}
    place = case.catalogue.roots.place(change.subject)
    if not matches(place.path, _KERNELS_POINTS):
        return None
    own = seen.get("type") in _KERNELS_OWN or (seen.get("type") == "tmpfs" and not place.path.startswith("/proc"))
    return _noise("kernels-mount", f"It is a mount of the kernel's own ({seen.get('type')}).") if own else None


def _lines(values: Values | None) -> list[str]:
    return [line for line in (values or {}).get("rules", "").split("\n") if line]


def _noise(rule: str, told: str) -> Explanation:
    return Explanation(Provenance.NOISE, rule, (told,))
