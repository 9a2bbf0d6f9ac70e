"""Pure: HTML → the text that a person would read in it, with its links shown. Nothing is rendered or fetched.

The standard library's `html.parser` is not asked: on unclosed marks it reads the rest anew for each of them (seconds
for 200 KB). Here every search goes on from where the last one ended, and what is not closed is dropped with the rest.
"""

from __future__ import annotations

import html
import re

from callout.desk.mail.charsets import cleaned
from callout.desk.mail.limits import HTML_CHARACTERS

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]{0,30})")
_ATTRIBUTE = re.compile(r"([A-Za-z][\w:-]{0,40})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]{1,2000}))")
_UNSEEN = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden|font-size\s{0,9}:\s{0,9}0(?![.\d])|mso-hide\s{0,9}:\s{0,9}all"
    r"|opacity\s{0,9}:\s{0,9}0(?![.\d])",
    re.IGNORECASE,
)
_HIDDEN_WORD = re.compile(r"\shidden(?=[\s>=/]|$)", re.IGNORECASE)
_DROPPED = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "math", "select"}
)
_RAW = frozenset({"script", "style", "title", "noscript", "iframe"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_LINES = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "form", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n(?:[> ]*\n){2,}")
_NO_LETTER = re.compile(r"&#(?=[xX]?[0-9a-fA-F]{9})")
_LONGEST_TAG = 20_000
_LONGEST_LINK = 500
_MOST_LINKS = 200


class _Text:
    """What has been read until now; `hidden` counts what is still open inside of something that nobody sees."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.is_hiding = False
        self.links = 0
        self._quote = 0
        self._hidden_tag, self._hidden = "", 0
        self._link = ""

    def text(self, text: str) -> None:
        if self._hidden:
            return
        flat = _SPACES.sub(" ", cleaned(_unescaped(text)))
        if flat:
            self.said.append(flat)

    def tag(self, name: str, inside: str, *, ends: bool) -> None:
        if self._hidden_tag == "head" and name == "body":
            self._hidden_tag, self._hidden = "", 0
        if self._hidden:
            if name == self._hidden_tag:
                self._hidden += -1 if ends else (not inside.endswith("/"))
            return
        if not ends and (name in _DROPPED or (name not in _VOID and self._is_unseen(inside))):
            if not (inside.endswith("/") and name not in _DROPPED):
                self._hidden_tag, self._hidden = name, 1
            self.is_hiding = self.is_hiding or name not in _DROPPED
            return
        if name == "blockquote":
            self._quote = min(max(self._quote + (-1 if ends else 1), 0), 9)
        if name in _LINES:
            self.said.append("\n" + "> " * self._quote + ("- " if name == "li" and not ends else ""))
        elif name in ("td", "th") and ends:
            self.said.append("\t")
        elif name == "img" and (alternative := _attribute(inside, "alt")):
            self.said.append(f"[{_SPACES.sub(' ', cleaned(alternative))[:200]}]")
        elif name == "a":
            self._anchor("" if ends else _attribute(inside, "href"))

    def _is_unseen(self, inside: str) -> bool:
        return _HIDDEN_WORD.search(inside) is not None or _UNSEEN.search(_attribute(inside, "style")) is not None

    def _anchor(self, address: str) -> None:
        if self._link and self.links < _MOST_LINKS:
            self.links += 1
            self.said.append(f" <{self._link}> ")
        self._link = _SPACES.sub("", cleaned(address))[:_LONGEST_LINK]


def html_text(page: str) -> tuple[str, bool]:
    """The text of at most `HTML_CHARACTERS` of a page, and whether something in it was hidden from whoever reads it.

    Quoted blocks begin their lines with `> `; a link stands behind its words as `<address>`.
    """
    page = page[:HTML_CHARACTERS]
    found = _Text()
    at = 0
    while at < len(page):
        mark = page.find("<", at)
        found.text(page[at : mark if mark >= 0 else len(page)])
        if mark < 0:
            break
        at = _after_mark(page, mark, found)
    said = "\n".join(line.rstrip() for line in "".join(found.said).split("\n"))
    said = "\n".join(_SPACES.sub(" ", line).strip() if not line.startswith("> ") else line for line in said.split("\n"))
    return _BLANK_LINES.sub("\n\n", said).strip(), found.is_hiding


def _after_mark(page: str, mark: int, found: _Text) -> int:
    """Where reading goes on after the `<` at `mark`; the page's end where what begins there is never closed."""
    if page.startswith("<!--", mark):
        return _behind(page, "-->", mark + 4)
    if page.startswith(("<!", "<?"), mark):
        return _behind(page, ">", mark + 2)
    tag = _TAG.match(page, mark)
    if tag is None:
        found.text("<")
        return mark + 1
    end = _tag_end(page, tag.end())
    name, ends = tag[1].lower(), page.startswith("</", mark)
    found.tag(name, page[tag.end() : min(end - 1, tag.end() + _LONGEST_TAG)], ends=ends)
    if name in _RAW and not ends:
        closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(page, end)
        return closing.start() if closing else len(page)
    return end


def _behind(page: str, mark: str, start: int) -> int:
    found = page.find(mark, start)
    return found + len(mark) if found >= 0 else len(page)


_TAG_PIECE = re.compile(r"[^\"'>]+")


def _tag_end(page: str, at: int) -> int:
    """Behind the `>` that ends a tag, those in quotes left out; without one, the page's end."""
    before_value = False
    while at < len(page):
        piece = _TAG_PIECE.match(page, at)
        if piece:
            at, before_value = piece.end(), piece[0].rstrip().endswith("=")
            continue
        if page[at] == ">":
            return at + 1
        # A quote counts only where a value may begin: else one stray apostrophe would swallow the page.
        closing = page.find(page[at], at + 1) if before_value else -1
        if before_value and closing < 0:
            return _behind(page, ">", at)
        at, before_value = (closing if before_value else at) + 1, False
    return len(page)


def _attribute(inside: str, wanted: str) -> str:
    for found in _ATTRIBUTE.finditer(inside):
        if found[1].lower() == wanted:
            return _unescaped(found[2] or found[3] or found[4] or "")
    return ""


def _unescaped(text: str) -> str:
    """Character references read. One of more digits than any letter has stays: Python refuses to read its number."""
    return html.unescape(_NO_LETTER.sub("&amp;#", text))
