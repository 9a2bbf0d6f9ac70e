"""Pure: what is asked of the package managers about paths and accounts, and what their answers say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from callout.drift.package_words import AccountWord, Match, PackageLogLine, PackageWord
from callout.drift.sections import Block

MOST_PATHS = 20_000
# Since /bin and others became links into /usr, a file may be on record under either name.
MERGED = re.compile(r"/usr(/(?:bin|sbin|lib|lib32|lib64|libx32)/.*)", re.DOTALL)
ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}\$?", re.ASCII)
_UNASKABLE = re.compile(r"[\n\r\\\0]")
_FOUND = re.compile(r"(?P<file>[^:]*(?::[a-z0-9-]+)?\.(?:list|md5sums|postinst|preinst)):(?P<line>.*)", re.DOTALL)
_SUM = re.compile(r"([0-9a-f]{32})  (.+)", re.DOTALL)
_LOG = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (install|upgrade|remove|purge) (\S+) (\S+) (\S+)")


def is_askable(path: str) -> bool:
    """Whether a package manager can be asked for the path at all, a line each."""
    return not _UNASKABLE.search(path)


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked: for each root the names by which it may know a path, and of which path each of them speaks.

    `askable` are the paths that can be asked for; of the others nothing can be told.
    """

    roots: tuple[str, ...]
    names: Mapping[tuple[str, str], str]
    askable: tuple[str, ...]
    accounts: tuple[str, ...]

    def text(self) -> bytes:
        """As drift_evidence.sh takes them."""
        lines = [f"p {self.roots.index(root)} {name}" for root, name in self.names]
        lines += [f"m {path}" for path in self.askable]
        lines += [f"a {name}" for name in self.accounts]
        return "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")


def questions(roots: Sequence[str], paths: Iterable[str], accounts: Iterable[str]) -> Questions:
    """Each path is asked of the innermost root that holds it, at most 20,000 of them."""
    names: dict[tuple[str, str], str] = {}
    merged: dict[tuple[str, str], str] = {}
    askable = [path for path in dict.fromkeys(paths) if is_askable(path)][:MOST_PATHS]
    for path in askable:
        root = max((one for one in roots if one == "/" or path.startswith(one + "/")), key=len, default="/")
        name = path if root == "/" else path[len(root) :]
        names[root, name] = path
        if found := MERGED.fullmatch(name):
            merged[root, found[1]] = path
    plain = tuple(name for name in dict.fromkeys(accounts) if ACCOUNT.fullmatch(name))
    # A path that was asked for itself speaks for itself.
    return Questions(tuple(roots), merged | names, tuple(askable), plain)


@dataclass
class _Root:
    """What the dpkg of one root says. Sums are by package and path; a conffile's is what was shipped."""

    versions: dict[str, str] = field(default_factory=dict)
    conffiles: dict[str, tuple[str, str]] = field(default_factory=dict)
    owners: dict[str, list[str]] = field(default_factory=dict)
    sums: dict[tuple[str, str], str] = field(default_factory=dict)
    diverted: dict[str, str] = field(default_factory=dict)
    alternatives: dict[str, str] = field(default_factory=dict)


@dataclass
class Said:
    """What all roots say together. `sums` are the MD5 of the files as they are now, as the system tells them."""

    words: list[PackageWord]
    accounts: list[AccountWord]
    log: list[PackageLogLine]
    sums: dict[str, str]


def read_evidence(blocks: Sequence[Block], asked: Questions) -> Said:
    """What the blocks say. What is not understood is left out: it is no evidence."""
    roots: dict[str, _Root] = {root: _Root() for root in asked.roots}
    sums: dict[str, str] = {}
    words: list[PackageWord] = []
    accounts: list[AccountWord] = []
    log: list[PackageLogLine] = []
    for block in blocks:
        root, lines = roots.get(block.root), block.content()
        if block.kind == "sums":
            sums |= {one[2]: one[1] for line in lines if (one := _SUM.fullmatch(line))}
        elif root is None:
            continue
        elif block.kind == "dpkg-status":
            _status(root, lines)
        elif block.kind == "dpkg-lists":
            for package, line in _found(lines):
                root.owners.setdefault(line, []).append(package)
        elif block.kind == "dpkg-sums":
            for package, line in _found(lines):
                if one := _SUM.fullmatch(line):
                    root.sums[package, "/" + one[2]] = one[1]
        elif block.kind == "dpkg-diversions":
            triples = zip(lines[0::3], lines[1::3], lines[2::3], strict=False)
            root.diverted |= {name: package for source, target, package in triples for name in (source, target)}
        elif block.kind == "dpkg-alternatives":
            for line in lines:
                file, _, name = line.partition(":")
                root.alternatives[name] = file.rpartition("/")[2]
        elif block.kind == "dpkg-accounts":
            accounts += _accounts(block.root, lines, asked.accounts)
        elif block.kind == "dpkg-log":
            log += _log(block.root, lines)
        elif block.kind == "rpm-files":
            words += _rpm(block.root, lines, asked)
    words += [
        word
        for (root_path, name), path in asked.names.items()
        if (word := _dpkg(path, name, root_path, roots[root_path], sums.get(path, "")))
    ]
    return Said(_best(words), list(dict.fromkeys(accounts)), log, sums)


def _dpkg(path: str, name: str, root_path: str, root: _Root, sum_: str) -> PackageWord | None:
    if name in root.conffiles:
        package, shipped = root.conffiles[name]
        return PackageWord(path, package, root.versions.get(package, ""), _match(shipped, sum_), True, root_path)
    owners = root.owners.get(name, [])
    if name in root.diverted:
        # What one package ships under this name lies under another; only who diverted it can own it.
        owners = [one for one in owners if one.partition(":")[0] == root.diverted[name]]
    if owners:
        owner = owners[0]
        plain = owner.partition(":")[0]
        shipped = root.sums.get((owner, name), "")
        return PackageWord(path, plain, root.versions.get(plain, ""), _match(shipped, sum_), False, root_path)
    kept = root.alternatives.get(name) or _alternative(name, root)
    return PackageWord(path, f"alternatives:{kept}", "", Match.UNKNOWN, False, root_path) if kept else None


def _alternative(name: str, root: _Root) -> str:
    kept = name.removeprefix("/etc/alternatives/")
    return kept if kept != name and kept in root.alternatives.values() else ""


def _match(shipped: str, now: str) -> Match:
    if not shipped or not now:
        return Match.UNKNOWN
    return Match.SAME if shipped == now else Match.DIFFERENT


def _best(words: Iterable[PackageWord]) -> list[PackageWord]:
    """One word for each path; of two names that it may have on record the one of which more is known."""
    best: dict[str, PackageWord] = {}
    for word in words:
        known = best.get(word.path)
        if known is None or (known.shipped is Match.UNKNOWN and word.shipped is not Match.UNKNOWN):
            best[word.path] = word
    return sorted(best.values(), key=lambda word: word.path)


def _status(root: _Root, lines: Iterable[str]) -> None:
    package = ""
    for line in lines:
        key, _, said = line.partition(": ")
        if key == "Package":
            package = said.strip()
        elif key == "Version" and package:
            root.versions[package] = said.strip()
        elif line.startswith(" /") and package:
            words = line[1:].split(" ")
            # ` PATH MD5`, with ` obsolete` or ` remove-on-upgrade` behind one that a newer version has no more.
            sums = [place for place, word in enumerate(words) if re.fullmatch("[0-9a-f]{32}", word)]
            if sums and not set(words[sums[-1] + 1 :]) & {"obsolete", "remove-on-upgrade"}:
                root.conffiles[" ".join(words[: sums[-1]])] = (package, words[sums[-1]])


def _found(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Package (with its architecture where its file's name has one) and line, of what grep found."""
    for line in lines:
        if found := _FOUND.fullmatch(line):
            yield found["file"].rpartition("/")[2].rpartition(".")[0], found["line"]


def _accounts(root: str, lines: Iterable[str], names: Sequence[str]) -> Iterator[AccountWord]:
    """A script makes an account where it names it in the very command, or sets a variable to it and nothing else."""
    for package, line in _found(lines):
        for name in names:
            word = re.escape(name)
            command = rf".*\b(?:adduser|useradd|addgroup|groupadd)\b(?:.*[\s\"'])?{word}(?:[\s\"';|&>)].*)?"
            setting = rf"\s*[A-Za-z_]+=[\"']?{word}[\"']?\s*;?"
            if re.fullmatch(command, line) or re.fullmatch(setting, line):
                yield AccountWord(name, package.partition(":")[0], root)


def _log(root: str, lines: Iterable[str]) -> Iterator[PackageLogLine]:
    for line in lines:
        if found := _LOG.fullmatch(line.strip()):
            moment, action, package, before, after = found.groups()
            none = ("<none>",)
            yield PackageLogLine(
                moment, action, package, "" if before in none else before, "" if after in none else after, root
            )


def _rpm(root: str, lines: Iterable[str], asked: Questions) -> Iterator[PackageWord]:
    owned: dict[str, tuple[str, str]] = {}
    verified: dict[str, str] = {}
    for line in lines:
        word, _, rest = line.partition("\t")
        parts = rest.split("\t")
        if word == "owner" and len(parts) == 3:
            owned[parts[2]] = (parts[0], parts[1].removeprefix("(none):"))
        elif word == "verify" and (found := re.fullmatch(r"([.SM5DLUGTP?]{8,9}|missing) +([cdglr] +)?(/.*)", rest)):
            verified[found[3]] = found[1] + (found[2] or "")
    for name, (package, version) in owned.items():
        path, said = asked.names.get((root, name)), verified.get(name, "")
        if path is not None:
            content = "5" in said or "S" in said or said.startswith("missing")
            unknown = "?" in said
            shipped = Match.DIFFERENT if content else Match.UNKNOWN if unknown else Match.SAME
            yield PackageWord(path, package, version, shipped, said.rstrip().endswith("c"), root)
