"""Makes plain text of mail: from bytes of any charset, from HTML, and snippets for list rows.

Every pattern here takes time linear in the text, because mail may be hostile.
"""

from __future__ import annotations

import codecs
import html
import re

# The most characters for the search index; users rarely search for what comes after them.
TEXT_MOST = 262_144
SNIPPET_MOST = 200
_HTML_MOST = 2_097_152
_LOOKED_AT = 12_000

_TAG = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>|<[!?/][^<>]*>")
_SILENT = frozenset({"style", "script", "head", "title", "noscript", "template", "svg", "math"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_CELLS = frozenset({"td", "th"})
# Invisible characters with which newsletters pad their first line.
_INVISIBLE_RANGES = ((0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x2070))
_INVISIBLE: dict[int, None] = dict.fromkeys(
    (0x0, 0xAD, 0x34F, 0x61C, 0x115F, 0x17B4, 0x180E, 0xFEFF, 0xFFFC)
)
for _low, _high in _INVISIBLE_RANGES:
    _INVISIBLE |= dict.fromkeys(range(_low, _high))
_HAS_INVISIBLE = re.compile(f"[{''.join(map(re.escape, map(chr, sorted(_INVISIBLE))))}]")
_SHOWN_LINK = re.compile(r"[<\[(]\s*(?:https?|mailto|cid):[^>\])\s]{1,2000}\s*[>\])]")
_RULE = re.compile(r"[-_=*~#•·]{4,}")
_QUOTES_FOLLOW = re.compile(
    r"-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine"
    r"|weitergeleitete nachricht|mensaje original|messaggio originale|algsõnum)\s*-{2,}"
    r"|_{10,}|begin forwarded message:",
    re.IGNORECASE,
)
_ATTRIBUTION = re.compile(
    r"(?:on|am|le|el|il|em|op|den|dnia|päeval)\s.{5,200}"
    r"(?:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef|skrev|napisał\S*|kirjutas)"
    r"(?:\s.{0,120})?:\s*$",
    re.IGNORECASE,
)


def decoded(data: bytes, charset: str = "") -> str:
    """Decode bytes: as declared, else as UTF-8, else as Windows-1252, which never fails."""
    for name in (charset.strip("\"' ").lower(), "utf-8"):
        try:
            if name and codecs.lookup(name)._is_text_encoding:
                return data.decode(_WIDER.get(name, name))
        except (LookupError, ValueError, UnicodeError, AttributeError):
            continue
    return data.decode("cp1252", "replace")


# Mail that declares the left charset often uses the right one.
_WIDER = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
}


def from_html(markup: str) -> str:
    """The text of HTML; quoted lines begin with `>`."""
    markup = markup[:_HTML_MOST]
    lowered = ""
    pieces: list[str] = []
    silent = set(_SILENT)
    depth = position = 0
    while (tag := _TAG.search(markup, position)) is not None:
        pieces.append(markup[position : tag.start()])
        position = tag.end()
        name = (tag.group(2) or "").lower()
        if tag.group() == "<!--":
            end = markup.find("-->", position)
            position = len(markup) if end < 0 else end + 3
        elif name in silent and not tag.group(1) and not tag.group().endswith("/>"):
            lowered = lowered or markup.lower()
            end = lowered.find(f"</{name}", position)
            if end < 0:
                # A missing end: the rest is text after all, and is not searched again.
                silent.discard(name)
            position = max(position, end)
        elif name in _BLOCKS:
            if name == "blockquote":
                depth = max(0, depth + (-1 if tag.group(1) else 1))
            pieces.append("\n> " if depth else "\n")
        elif name in _CELLS:
            pieces.append(" ")
    pieces.append(markup[position:])
    return tidy(html.unescape("".join(pieces)))


def tidy(text: str) -> str:
    """Fold blanks, drop empty lines and invisible padding, and cut to a cap."""
    text = text[: TEXT_MOST * 2].replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)[:TEXT_MOST]


def for_index(text: str) -> str:
    """The text for the search index, where only words matter, not lines."""
    text = text[:TEXT_MOST]
    if text.isascii() and "\0" not in text:
        return text  # the usual case; checking each letter costs as much as parsing the mail
    return text.translate(_INVISIBLE) if _HAS_INVISIBLE.search(text) else text


def snippet(text: str) -> str:
    """The first words of a mail for a list row, without quotes, and without signature if possible."""
    text = text[:_LOOKED_AT]
    own = _folded(" ".join(_own_lines(text)))
    return own or _folded(text.replace(">", " "))


def _own_lines(text: str) -> list[str]:
    lines: list[str] = []
    length = 0
    for line in text.split("\n"):
        bare = line.strip()
        if line.rstrip("\r") in ("-- ", "--") or _QUOTES_FOLLOW.match(bare):
            break
        if bare.startswith((">", "|")) or (len(bare) < 300 and _ATTRIBUTION.match(bare)):
            continue
        lines.append(bare)
        length += len(bare)
        if length > SNIPPET_MOST * 4:
            break
    return lines


def _folded(text: str) -> str:
    text = _RULE.sub(" ", _SHOWN_LINK.sub(" ", text.translate(_INVISIBLE)))
    return " ".join(text.split())[:SNIPPET_MOST].rstrip()
