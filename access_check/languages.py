"""Catalogues of what customers read: English in the code, other languages in locale/LANGUAGE.po, read at run time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources

Say = Callable[[str], str]
ENGLISH = "en"


def marked(text: str) -> str:
    """`text` as it is: marks a sentence for the catalogues where it stands as data."""
    return text


def languages() -> list[str]:
    """English, and every language that has a catalogue."""
    folder = resources.files("access_check") / "locale"
    found = [entry.name.removesuffix(".po") for entry in folder.iterdir() if entry.name.endswith(".po")]
    return [ENGLISH, *sorted(found)]


def known_language(wanted: str) -> str:
    """The language to write in for `wanted` (`de`, `de-AT`, `de_DE`): English where there is no catalogue."""
    short = wanted.replace("_", "-").partition("-")[0].lower()
    return short if short in languages() else ENGLISH


@cache
def catalogue(language: str) -> dict[str, str]:
    """English sentence → sentence in `language`; empty for English. Sentences without a translation are not in it."""
    if language == ENGLISH:
        return {}
    from babel.messages.pofile import read_po

    path = resources.files("access_check") / "locale" / f"{language}.po"
    with path.open("rb") as source:
        read = read_po(source, locale=language)
    return {str(message.id): str(message.string) for message in read if message.id and message.string}


def speaker(language: str) -> Say:
    """Says an English sentence in `language`; in English where it has no translation."""
    sentences = catalogue(language)
    return lambda text: sentences.get(text, text)
