"""What a customer is told of the facts that their system's shell told us. See letter_sentences."""

from __future__ import annotations

from access_check.languages import marked

Sentences = tuple[str, str]

_NOTHING = marked("There is nothing for you to do.")
_ROOM = marked("Please make room: tell us which recordings, backups or logs may go.")

FACT_SENTENCES: dict[tuple[str, str], Sentences] = {
    ("facts.disk", "disk-full"): (marked("The disk of the {product} system is full{quote}."), _ROOM),
    ("facts.disk", "disk-low"): (marked("There is little room left on the {product} system{quote}."), _ROOM),
    ("facts.load", "load-high"): (
        marked("The {product} system is very busy at the moment."),
        marked("We shall look at it before we change anything."),
    ),
    ("facts.clock", "clock-skew"): (
        marked("The clock of the {product} system is wrong."),
        marked(
            "Please set the clock right and let it follow a time server (NTP): time-limited access, call records and "
            "logs depend on it."
        ),
    ),
    ("facts.tools", "tools-missing"): (
        marked("Some of the programs that our work needs are not on the {product} system."),
        marked("We do not install anything there; we shall look for another way and tell you."),
    ),
    ("facts.tools", "busybox-tools"): (
        marked("The {product} system has only small versions of some of the programs that our work needs."),
        _NOTHING,
    ),
    ("facts.version", "version-unknown"): (
        marked("We do not know the version of the {product} system."),
        marked("Please tell us the version that the web GUI shows."),
    ),
    ("facts.calls", "calls-in-progress"): (
        marked("Calls were in progress on the {product} system when we looked."),
        marked("We change nothing while somebody speaks. There is nothing for you to do."),
    ),
}
