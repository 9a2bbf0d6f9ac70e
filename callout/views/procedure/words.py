"""The words of the document in its languages; the sentences are the published procedure's, said plainly."""

from __future__ import annotations

from collections.abc import Mapping

from callout.views.procedure.words_de import GERMAN
from callout.views.procedure.words_en import ENGLISH

WORDS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}
