"""Pure: files that programs of the base system write anew by themselves, where they lie in any root file system, and
what makes them do it. Paths are Debian's, Red Hat's and Gentoo's; none of it is a product's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callout.drift.globs import matches


class Cause(StrEnum):
    """What has to have happened that the file is written anew: nothing in particular, a package moved, or one of its
    sources changed (which is then judged by itself). `untold`: it may come at any time, and a person may write it."""

    NONE = "none"
    PACKAGES = "packages"
    SOURCES = "sources"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Generated:
    """Files that nobody writes by hand. Where `cause` did not happen, that they changed is not explained."""

    what: str
    subjects: tuple[str, ...]
    cause: Cause = Cause.NONE
    sources: tuple[str, ...] = ()


CACHES = Generated(
    "a cache, which its program fills anew",
    (
        "/etc/ld.so.cache", "/etc/ld.so.cache~", "/etc/prelink.cache", "/var/cache/**", "/var/lib/man-db/**",
        "/var/lib/mlocate/**", "/var/lib/plocate/**", "/var/lib/locatedb", "/var/lib/command-not-found/**",
        "/var/lib/update-notifier/**", "/var/lib/PackageKit/**",
    ),
)  # fmt: skip
LOGS = Generated(
    "a log, or one that was rotated", ("/var/log/**", "/var/lib/logrotate/**", "/var/lib/logrotate.status")
)
TRACES = Generated(
    "a trace of somebody's working there",
    tuple(
        f"{home}/.{name}"
        for home in ("/root", "/home/*")
        for name in (
            "bash_history", "sh_history", "ash_history", "lesshst", "viminfo", "mysql_history", "mariadb_history",
            "wget-hsts", "python_history", "cache/**", "ssh/known_hosts", "ssh/known_hosts.old",
        )
    ),
)  # fmt: skip
STATE = Generated(
    "state that the base system keeps for itself",
    (
        "/etc/.updated", "/var/.updated", "/boot/grub*/grubenv", "/etc/fake-hwclock.data", "/etc/zfs/zpool.cache",
        "/etc/lvm/archive/**", "/etc/lvm/backup/**", "/etc/lvm/cache/**", "/etc/init.d/.depend.*",
        "/etc/mtab", "/etc/adjtime", "/etc/.pwd.lock", "/etc/blkid.tab*", "/var/lib/systemd/**", "/var/lib/dbus/**",
        "/var/lib/dhcp/**", "/var/lib/dhclient/**", "/var/lib/ntp/**", "/var/lib/chrony/**", "/var/lib/urandom/**",
        "/var/lib/misc/**", "/var/lib/random-seed", "/var/lib/NetworkManager/**", "/var/lib/rsyslog/**",
        "/var/lib/sudo/**", "/var/lib/fail2ban/**", "/var/lib/nfs/**", "/var/lib/hwclock/**", "/var/lock/**",
        "/var/run/**", "/run/**", "/[t]mp/**", "/var/[t]mp/**", "/var/mail/**", "/var/spool/mail/**",
        "/var/spool/postfix/**", "/var/spool/exim*/**", "/var/spool/mqueue/**", "/var/spool/anacron/**",
        "/var/spool/rsyslog/**", "/var/spool/cron/cron.*", "/lost+found/**",
    ),
)  # fmt: skip
PYTHON = Generated("Python's own compiled copy", ("/**/__pycache__", "/**/__pycache__/*.pyc", "/**/__pycache__/*.pyo"))
# Written by dpkg's triggers and by maintainer scripts, so only when a package moved.
BY_PACKAGES = Generated(
    "written anew by the package manager's triggers",
    (
        "/boot/initrd.img-*", "/boot/initrd-*", "/boot/initramfs-*", "/boot/grub/**", "/boot/grub2/**",
        "/lib/modules/*/modules.*", "/usr/lib/modules/*/modules.*", "/etc/mailcap", "/etc/shells",
        "/etc/alternatives/*", "/usr/share/mime/**", "/usr/share/info/dir",
        "/usr/share/info/dir.old", "/usr/share/glib-2.0/schemas/gschemas.compiled",
        "/usr/share/icons/*/icon-theme.cache", "/usr/share/applications/mimeinfo.cache", "/usr/lib/locale/**",
        "/usr/lib/**/gconv-modules.cache", "/usr/lib/**/loaders.cache", "/usr/lib/**/gio/modules/giomodule.cache",
        "/usr/lib/udev/hwdb.bin", "/lib/udev/hwdb.bin", "/etc/udev/hwdb.bin", "/usr/share/perl5/**/ParserDetails.ini",
        "/etc/sgml/catalog", "/etc/xml/catalog*", "/var/lib/sgml-base/**", "/var/lib/xml-core/**", "/var/lib/pam/**",
        "/var/lib/shells.state", "/var/lib/python/**", "/var/lib/php/modules/**", "/var/lib/emacsen-common/**",
        "/var/lib/polkit-1/**", "/var/lib/usbutils/**",
    ),
    Cause.PACKAGES,
)  # fmt: skip
CERTIFICATES = Generated(
    "the certificates' bundle and its links, written by update-ca-certificates",
    (
        "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/certs/ca-bundle*.crt", "/etc/ssl/certs/*.[0-9]",
        "/etc/ssl/certs/*.pem", "/etc/ssl/certs/java/cacerts", "/etc/pki/ca-trust/extracted/**",
        "/etc/pki/tls/certs/ca-bundle*.crt",
    ),
    Cause.SOURCES,
    ("/usr/share/ca-certificates/**", "/usr/local/share/ca-certificates/**", "/etc/ca-certificates.conf",
     "/etc/pki/ca-trust/source/**", "/usr/share/pki/ca-trust-source/**"),
)  # fmt: skip
RENEWED = Generated(
    "renewed by programs of the base system at times of their own",
    (
        "/etc/letsencrypt/**", "/etc/ssh/ssh_host_*", "/etc/machine-id", "/etc/udev/rules.d/70-persistent-*",
        "/etc/aliases.db", "/etc/postfix/*.db", "/var/spool/cron/atjobs/**", "/var/spool/cron/atspool/**",
        "/var/spool/at/**",
    ),
    Cause.UNTOLD,
)  # fmt: skip
GENERATED = (RENEWED, CACHES, LOGS, TRACES, STATE, PYTHON, CERTIFICATES, BY_PACKAGES)

# Books of package managers that are not asked: they tell that one was at work, and no more.
FOREIGN_BOOKS = (
    "/var/db/pkg/**", "/var/lib/pacman/**", "/var/lib/opkg/**", "/usr/lib/opkg/**", "/var/log/packages/**",
    "/var/lib/pkgtools/**", "/var/lib/portage/**", "/var/lib/snapd/**", "/var/lib/flatpak/**",
)  # fmt: skip


def generated_as(path: str) -> Generated | None:
    """What writes the file of that path, as seen from inside its root file system; None for nothing known."""
    return next((one for one in GENERATED if matches(path, one.subjects)), None)


def python_source(path: str) -> str:
    """The source that a compiled copy is of; empty where the path is no compiled copy's."""
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    if ending not in ("pyc", "pyo"):
        return ""
    if folder.endswith("/__pycache__"):
        return f"{folder.removesuffix('/__pycache__')}/{stem.split('.')[0]}.py"
    return f"{folder}/{stem}.py"
