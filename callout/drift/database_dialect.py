"""Pure: one definition, many ways of writing it: what servers of different versions say of an unchanged database."""

from __future__ import annotations

import re

_STRING = r"'(?:[^'\\]|\\.|'')*+'"
# A string is taken whole, so that nothing in it is taken for a remark, a keyword or a blank.
_PIECES = re.compile(
    rf"(?P<string>{_STRING}|\"(?:[^\"\\]|\\.|\"\")*+\")|(?P<conditional>/\*M?!\d{{5,6}}\s?|\*/)|(?P<remark>/\*.*?(?:\*/|$))"
    r"|(?P<quoted>`(?:[^`]|``)*+`)|(?P<other>[^'\"`/*]+|.)",
    re.DOTALL,
)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*", re.ASCII)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*", re.ASCII)
# Only these are the same in capitals: names of tables are not, where files have capitals.
_IN_ANY_CASE = """
    after algorithm all and as asc auto_increment before begin between bigint by call case char character charset
    check collate column comment constraint count create date datetime decimal declare default definer delete desc
    distinct do double drop each else elseif end engine enum event exists false float for foreign from function
    group having if in index inner insert int integer interval into invoker is join key leave left like limit loop
    max min modify new not null old on or order outer primary procedure references replace return returns right row
    security select set signal smallint sql sum table text then time timestamp tinyint trigger true undefined union
    unique unsigned update using values varchar view when where while with
"""
_KEYWORDS = frozenset(_IN_ANY_CASE.split())
# MySQL 8.0.19 shows no widths of whole numbers any more. None of them is a limit.
_WIDTH = re.compile(r"\b(tinyint|smallint|mediumint|int|integer|bigint|year)\s*\(\s*\d+\s*\)", re.IGNORECASE)
_NOW = re.compile(r"\b(?:current_timestamp|now|localtime|localtimestamp)\b\s*(?:\(\s*(?:0\s*)?\))?", re.IGNORECASE)
_SAME_SET = re.compile(r"\butf8mb3", re.IGNORECASE)
_COUNTER = re.compile(r"\bAUTO_INCREMENT\s*=\s*\d+", re.IGNORECASE)
_OPTION_NOISE = re.compile(
    r"\b(?:AUTO_INCREMENT|AVG_ROW_LENGTH|STATS_\w+|CHECKSUM|DELAY_KEY_WRITE|MAX_ROWS|MIN_ROWS)\s*=\s*\d+\b|\bpartitioned\b",
    re.IGNORECASE,
)
_TIGHT = re.compile(r"\s*([(),=<>+;])\s*")


def normal_sql(text: str) -> tuple[str, ...]:
    """A definition as it is compared: without counters, display widths, quotes of plain names, remarks and blanks.

    Strings stand by themselves and stay as they are.
    """
    runs, strings = [""], []
    for found in _PIECES.finditer(text):
        kind = found.lastgroup
        if kind == "string":
            strings.append(found[0])
            runs.append("")
        elif kind in ("remark", "conditional"):
            runs[-1] += " "
        elif kind == "quoted":
            runs[-1] += _unquoted(found[0])
        else:
            runs[-1] += found[0]
    return (*(_run(one) for one in runs), *strings)


def _unquoted(quoted: str) -> str:
    name = quoted[1:-1]
    return name if _PLAIN_NAME.fullmatch(name) and name.lower() not in _KEYWORDS else quoted


def _run(text: str) -> str:
    """What stands between two strings, the dialects' different words made one."""
    for pattern, word in ((_COUNTER, ""), (_WIDTH, r"\1"), (_NOW, "now"), (_SAME_SET, "utf8")):
        text = pattern.sub(word, text)
    text = _WORD.sub(lambda found: found[0].lower() if found[0].lower() in _KEYWORDS else found[0], text)
    return _TIGHT.sub(r"\1", " ".join(text.split()))


def normal_type(text: str) -> str:
    """A column's type: `int(11)` is `int`."""
    return _SAME_SET.sub("utf8", _WIDTH.sub(r"\1", text)).lower()


def normal_default(text: str) -> str:
    """A column's default (`-` none, else `=` and it): a quoted number is the number, NULL is none at all."""
    said = text.removeprefix("=").strip()
    if text in ("-", "") or said.upper() == "NULL":
        return "-"
    if re.fullmatch(r"'-?\d+(?:\.\d+)?'", said):
        said = said[1:-1]
    elif re.fullmatch(_STRING, said):
        return "=" + said[1:-1].replace("''", "'")
    return "=" + _NOW.sub("now", said)


def normal_extra(text: str) -> str:
    """What else is said of a column: MySQL 8 notes that a default was computed."""
    return " ".join(_NOW.sub("now", text.lower()).replace("default_generated", "").split())


def normal_set(text: str) -> str:
    """A character set or collation: utf8mb3 is what utf8 always was."""
    return _SAME_SET.sub("utf8", text).lower()


def normal_options(text: str) -> str:
    """A table's options without those that only count, in order."""
    return " ".join(sorted(_OPTION_NOISE.sub("", text.lower()).split()))
