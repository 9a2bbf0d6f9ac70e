"""Pure: users, groups and whatever stands in a file: explained by the package, or by the file, that it came from."""

from __future__ import annotations

from callout.drift.case import Case
from callout.drift.change import Change, Values, What
from callout.drift.explanation import Explanation
from callout.drift.look import Section
from callout.drift.provenance import Provenance
from callout.drift.traits import same_content

ROOT_UID = "0"
_SSH_SERVERS = ("openssh-server", "openssh", "dropbear")
# Days are noted with every change of a password; they say nothing else.
_PASSWORD = ("password", "changed_day")
# These files hold what users and groups tell, line by line, and the copies that tools make of them.
ACCOUNT_FILES = {
    "/etc/passwd": Section.USERS, "/etc/shadow": Section.USERS, "/etc/passwd-": Section.USERS,
    "/etc/shadow-": Section.USERS, "/etc/subuid": Section.USERS, "/etc/subuid-": Section.USERS,
    "/etc/group": Section.GROUPS, "/etc/gshadow": Section.GROUPS, "/etc/group-": Section.GROUPS,
    "/etc/gshadow-": Section.GROUPS, "/etc/subgid": Section.USERS, "/etc/subgid-": Section.USERS,
}  # fmt: skip


def explain_account(change: Change, case: Case) -> Explanation | None:
    """A package's account, or a password that was changed. Nothing explains a second account with root's rights."""
    if change.section not in (Section.USERS, Section.GROUPS):
        return None
    if change.section is Section.USERS and _becomes_root(change):
        return None
    if change.section is Section.USERS and change.only(*_PASSWORD) and _another_password(change):
        told = "Only the password differs. Passwords are the customer's own; the vendor keeps them on file, no more."
        return Explanation(Provenance.CUSTOMER_CONFIGURATION, "password", (told,))
    if change.only("changed_day"):
        return Explanation(Provenance.NOISE, "times-only", ("Only the day on which it was last written differs.",))
    place = case.place(change)
    if change.what is What.CHANGED:
        return _members(change, case)
    for word in case.account_words.get((place.root, place.path), ()):
        move = case.move_of(place.root, word.package)
        if move is not None:
            told = f"A script of {word.package} makes the account {place.path}, and it moved: {move.told}."
            return Explanation(Provenance.PACKAGE_MANAGER, "account", (told,))
    return None


def _becomes_root(change: Change) -> bool:
    return (change.after or {}).get("uid") == ROOT_UID and (change.before or {}).get("uid") != ROOT_UID


def _another_password(change: Change) -> bool:
    """From one password to another: an account that could not log in, and now can, is something else."""
    return all((values or {}).get("password", "").startswith("sha256:") for values in (change.before, change.after))


def _members(change: Change, case: Case) -> Explanation | None:
    """A group that only got or lost accounts which a package that moved makes."""
    if change.section is not Section.GROUPS or not change.only("members"):
        return None
    root = case.place(change).root
    moved = members_of(change.before) ^ members_of(change.after)
    told = []
    for name in sorted(moved):
        words = case.account_words.get((root, name), ())
        move = next((found for word in words if (found := case.move_of(root, word.package))), None)
        if move is None:
            return None
        told.append(f"A script of {move.name} makes {name}, and it moved: {move.told}.")
    return Explanation(Provenance.PACKAGE_MANAGER, "account", tuple(told)) if told else None


def members_of(values: Values | None) -> frozenset[str]:
    """The accounts that a group names."""
    return frozenset(filter(None, (values or {}).get("members", "").split(",")))


def explain_sshd(change: Change, case: Case) -> Explanation | None:
    """Another default of another OpenSSH: no file that sets anything changed, and the package moved."""
    if change.section is not Section.SSHD or (change.after or change.before or {}).get("path"):
        return None
    told = [one for one in case.changes if one.section is Section.FILES and configures_sshd(case.place(one).path)]
    move = next((found for name in _SSH_SERVERS if (found := case.move_of("/", name))), None)
    if move is None or any(not same_content(one) for one in told):
        return None
    said = f"No file that sets it changed, and other versions have other defaults: {move.told}."
    return Explanation(Provenance.PACKAGE_MANAGER, "default", (said,))


def configures_sshd(path: str) -> bool:
    """Whether sshd reads its settings there."""
    return path == "/etc/ssh/sshd_config" or path.startswith("/etc/ssh/sshd_config.d/")


def source_of(change: Change, case: Case) -> Change | None:
    """The changed file that a fact stands in; None where it stands in none, or that file did not change.

    Only the file that it is written in, never one that it speaks of: a cron line does not become good by the
    program that it calls.
    """
    if change.section is Section.FILES:
        return None
    for values in (change.after, change.before):
        path = (values or {}).get("path", "")
        if path and (found := case.by_place.get((Section.FILES, path))) is not None:
            return found
    return None


def carried_sections(change: Change, case: Case) -> Section | None:
    """The section that tells all that a file of accounts holds; None for any other file, and where rights differ."""
    if change.section is not Section.FILES or change.what is not What.CHANGED:
        return _copy_of_accounts(change, case)
    if not change.only("content", "size", "time", "links", "unread"):
        return None
    return ACCOUNT_FILES.get(case.place(change).path)


def _copy_of_accounts(change: Change, case: Case) -> Section | None:
    """The copy with a minus that the tools make comes by itself; the file itself does not."""
    if change.section is not Section.FILES or change.what is not What.ADDED:
        return None
    path = case.place(change).path
    return ACCOUNT_FILES.get(path) if path.endswith("-") else None
