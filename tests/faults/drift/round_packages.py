"""The package manager of the product's chroot: what is installed, upgraded and purged in there."""

from __future__ import annotations

from tests.faults.drift.deeds import PW, Mark
from tests.faults.drift.doing import APT, APT_WAIT_S, OLDEST
from tests.faults.drift.numbers import Numbers, remembered
from tests.faults.drift.practice import Practice
from tests.faults.drift.scoring import Score, score

# Installed in the chroot: an account (tcpdump), alternatives (nano), keys (ssl-cert), byte code, a shell (zsh).
NEW_INSIDE = ("tree", "bc", "jq", "tcpdump", "nano", "ssl-cert", "python3-yaml", "zsh", "dos2unix", "sysstat")
OLD_INSIDE = ("htop", "ccze", "pwgen", "ifstat", "ipcalc")
OUTDATED_INSIDE = ("libcap2", "liblzma5", "libtasn1-6", "libgnutls30", "libssl1.1", "tzdata", "login", "passwd")


def packages_inside(practice: Practice) -> Score:
    """The package manager of the product's chroot: installed, upgraded and purged there, with what their scripts do."""
    numbers, stage = Numbers(), practice.stage
    inside = f"chroot {PW} sh -s <<'INSIDE'\nset -e\n"
    # The chroot has no resolver of its own; a real one has.
    script = f"cp /etc/resolv.conf {PW}/etc/resolv.conf\n{inside}{APT} update\n"
    script += f"{APT} install {' '.join(OLD_INSIDE)} >/dev/null\n"
    script += f'older=; for name in {" ".join(OUTDATED_INSIDE)}; do {OLDEST}; older="$older $name=$version"; done\n'
    script += f"{APT} install --allow-downgrades $older >/dev/null\n"
    stage.shell(f"{script}{APT} install --download-only {' '.join((*NEW_INSIDE, *OUTDATED_INSIDE))} >/dev/null\nINSIDE",
                APT_WAIT_S)  # fmt: skip
    moved = {*NEW_INSIDE, *OLD_INSIDE, *OUTDATED_INSIDE, *_drawn_along(practice)}
    files = [one for one in stage.files() if one.package not in moved]
    planted = numbers.planted(files, 2, (f"{PW}/usr/share", f"{PW}/usr/bin", f"{PW}/usr/sbin", f"{PW}/usr/lib"))
    remembered(practice)
    stage.shell(
        f"{inside}{APT} install {' '.join((*NEW_INSIDE, *OUTDATED_INSIDE))} >/dev/null\n"
        f"{APT} purge {' '.join(OLD_INSIDE)} >/dev/null\nINSIDE",
        APT_WAIT_S,
    )
    deeds = [
        numbers.shell(f"apt {verb} inside", name, Mark("packages", f"{PW} {name}"),
                      Mark("packages", f"{PW} {name}:*", glob=True))
        for verb, names in (("install", NEW_INSIDE), ("upgrade", OUTDATED_INSIDE), ("purge", OLD_INSIDE))
        for name in names
    ]  # fmt: skip
    practice.doer.do(planted)
    return score([*deeds, *planted], practice.watch.look().said)


def _drawn_along(practice: Practice) -> list[str]:
    """What apt brings besides what was asked for: in such a package nothing is planted, it would be put right."""
    names = " ".join((*NEW_INSIDE, *OUTDATED_INSIDE))
    said = practice.stage.shell(f"chroot {PW} sh -c '{APT} -s install {names}'", APT_WAIT_S)
    return [line.split()[1] for line in said.splitlines() if line.startswith("Inst ")]
