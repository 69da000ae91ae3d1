"""Makes the HTML of a mail safe to show: a pure function of its text, for a worker thread.

The result has no script, form, frame or link element. The only addresses that load by themselves are
the mail's own pictures (`cid:` and bitmaps in `data:`). Remote pictures are removed and counted by
host; with `allow_remote` they stay. nh3 parses a fragment, so the attributes of the body and the style
blocks are taken out first, cleaned, and returned beside the fragment. The mode that the doctype asks
for is kept, because tables look different in it.
"""

from __future__ import annotations

import html as html_text
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import nh3

from sync.html.allowed import ATTRIBUTES, BOX, EVERYWHERE, GONE_WITH_CONTENT, TAGS
from sync.html.quotes import fold_quotes
from sync.html.styles import clean_declarations, clean_sheet, sets_colours

MOST_CHARACTERS = 1_500_000
MOST_STYLE = 400_000  # the most characters of style sheets and attributes to parse
MOST_DEPTH = 400  # the most open elements, because parsers and layouts are recursive

STANDARDS, ALMOST, QUIRKS = "standards", "almost", "quirks"


@dataclass(frozen=True, slots=True)
class CleanedHtml:
    """The body of a mail, safe to show.

    Attributes:
        html: The inside of the body. Folded quotes lie in `<details class="dp-quote">`.
        styles: Style sheets for its own shadow root; `.dp-body` stands for the body.
        body_style: Declarations for the element that stands for the body.
        body_class: Its classes.
        body_id: Its id, or ''.
        direction: `ltr`, `rtl`, or '' if the mail does not say.
        mode: `standards`, `almost` or `quirks`: what the doctype asks for.
        remote_hosts: The number of pictures held back, or that would load, by host.
        has_own_colours: Whether it sets colours, so that the theme's colours do not fit.
        misleading_links: Links whose text names another host: address to text.
        was_cut: Whether it was too long, so that the end is missing.
    """

    html: str
    styles: str = ""
    body_style: str = ""
    body_class: str = ""
    body_id: str = ""
    direction: str = ""
    mode: str = QUIRKS
    remote_hosts: Mapping[str, int] = field(default_factory=dict)
    has_own_colours: bool = False
    misleading_links: Mapping[str, str] = field(default_factory=dict)
    was_cut: bool = False


_LINK_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_BITMAP = re.compile(r"data:image/(?:png|jpe?g|gif|webp|bmp|x-icon)[;,]", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x20\x7f]+")

_COMMENT = re.compile(r"<!--.*?(?:--!?>|\Z)", re.DOTALL)
_CONDITION = re.compile(r"<!\[(?:if|endif)[^>]{0,300}>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!doctype\s([^>]{0,400})>", re.IGNORECASE)
_STYLE = re.compile(
    r"<style\b([^>]{0,2000})>(.*?)(?:</style[^>]{0,200}>|\Z)", re.IGNORECASE | re.DOTALL
)
_INSIDE = r"((?:[^>\"']{1,2000}+|\"[^\"]{0,4000}+\"|'[^']{0,4000}+'){0,60}+)"
_BODY = re.compile(rf"<body\b{_INSIDE}>", re.IGNORECASE)
_ROOT = re.compile(rf"<html\b{_INSIDE}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
_LINK = re.compile(r'<a\b[^>]{0,4000}?\bhref="([^"]*)"[^>]{0,4000}>(.{0,2000}?)</a>', re.DOTALL)
_IMAGE = re.compile(r"<img\b([^>]*)>")
_TAG = re.compile(r"<[^>]*>")
_OPENED = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})\b", re.IGNORECASE)
_NAMED_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,10}://)?(?:[^\s/@]{1,100}@)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})"
    r"(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
# Elements without an end tag, or closed by the next of their kind.
_UNCOUNTED = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "td",
        "th",
        "tr",
        "thead",
        "tbody",
        "tfoot",
        "dt",
        "dd",
        "option",
    ]
)


class _Pass:
    """The findings and the remaining budget of one cleaning."""

    def __init__(self, allow_remote: bool) -> None:
        self.allow_remote = allow_remote
        self.hosts: Counter[str] = Counter()
        self.style_left = MOST_STYLE
        self.styles: dict[str, str] = {}
        self.is_coloured = False
        self.was_cut = False

    def picture(self, address: str) -> str | None:
        """The address, if it may stay. Counts pictures on other machines."""
        plain = _UNSEEN.sub("", address)
        lowered = plain[:40].lower()
        if lowered.startswith("cid:") or _BITMAP.match(plain):
            return plain
        if lowered.startswith(("http:", "https:", "//")):
            host = _host(plain)
            if host:
                self.hosts[host] += 1
            return plain if self.allow_remote and host and lowered[0] == "h" else None
        return None

    def sheet(self, css: str) -> str:
        """A cleaned style block, as long as the budget lasts."""
        if len(css) > self.style_left:
            self.was_cut = True
            return ""
        self.style_left -= len(css)
        cleaned = clean_sheet(css, self.picture)
        self.is_coloured = self.is_coloured or sets_colours(cleaned)
        return cleaned

    def style(self, css: str) -> str | None:
        """A cleaned style attribute."""
        known = self.styles.get(css)
        if known is not None:
            return known or None
        if len(css) > self.style_left:
            self.was_cut = True
            return None
        self.style_left -= len(css)
        cleaned = clean_declarations(css, self.picture)
        self.styles[css] = cleaned
        self.is_coloured = self.is_coloured or sets_colours(cleaned)
        return cleaned or None

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """nh3's filter. An exception here drops the attribute, as it should."""
        if name == "style":
            return self.style(value)
        if name in ("src", "background"):
            return self.picture(value)
        if name == "href":
            plain = _UNSEEN.sub("", value)
            return value.strip() if plain.lower().startswith(_LINK_SCHEMES) else None
        if name in ("bgcolor", "color", "text"):
            self.is_coloured = True
        return value


def clean(html: str, *, allow_remote: bool = False) -> CleanedHtml:
    """Make the HTML of a mail safe to show. Never raises; takes less than a second.

    Args:
        html: What the sender wrote, decoded.
        allow_remote: Keep remote pictures in the result.
    """
    try:
        return _clean(html, allow_remote)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of nh3 is not an Exception
        text = html_text.escape(_TAG.sub(" ", html[:MOST_CHARACTERS]))
        return CleanedHtml(f"<pre>{text}</pre>", was_cut=True)


def _clean(html: str, allow_remote: bool) -> CleanedHtml:
    work = _Pass(allow_remote)
    html, work.was_cut = _shortened(html)
    mode = _mode(html)
    html = _CONDITION.sub("", _COMMENT.sub("", html))
    sheets: list[str] = []
    html = _STYLE.sub(lambda found: _take_sheet(found, sheets), html)
    styles = "\n".join(filter(None, map(work.sheet, sheets)))
    body = _body(html, work)
    fragment = nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=set(GONE_WITH_CONTENT),
        attributes=ATTRIBUTES,
        attribute_filter=work.attribute,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative=_absolute,
    )
    fragment = _IMAGE.sub(_placeholder, fragment)
    return CleanedHtml(
        html=fold_quotes(fragment),
        styles=styles,
        body_style=_body_style(body),
        body_class=body.get("class", ""),
        body_id=body.get("id", ""),
        direction=body.get("dir", "") if body.get("dir", "") in ("ltr", "rtl") else "",
        mode=mode,
        remote_hosts=dict(work.hosts.most_common()),
        has_own_colours=work.is_coloured,
        misleading_links=_misleading_links(fragment),
        was_cut=work.was_cut,
    )


def _absolute(address: str) -> str | None:
    """Add the scheme that a mail means, since there is nothing to be relative to."""
    return f"https:{address}" if address.startswith("//") else None


def _shortened(html: str) -> tuple[str, bool]:
    """Cut the HTML to our caps of length and depth. Returns whether something is missing."""
    cut = len(html) > MOST_CHARACTERS
    html = html[:MOST_CHARACTERS].replace("\x00", "")
    if cut:
        html = html[: max(html.rfind("<"), MOST_CHARACTERS - 10_000)]
    depth = 0
    for found in _OPENED.finditer(html):
        if found[2].lower() in _UNCOUNTED:
            continue
        depth = max(0, depth - 1) if found[1] else depth + 1
        if depth > MOST_DEPTH:
            return html[: found.start()], True
    return html, cut


def _mode(html: str) -> str:
    """The mode of a browser for this doctype (the HTML standard's list, as far as mail uses it)."""
    found = _DOCTYPE.search(html[:5000])
    if found is None:
        return QUIRKS
    words = found[1].lower()
    if "xhtml 1.0 transitional" in words or "xhtml 1.0 frameset" in words:
        return ALMOST
    if "html 4.01 transitional" in words or "html 4.01 frameset" in words:
        return ALMOST if "http://" in words else QUIRKS
    if re.search(r"html (?:2|3|4\.0\b(?!1))", words) or not words.strip().startswith("html"):
        return QUIRKS
    return STANDARDS


def _take_sheet(found: re.Match[str], sheets: list[str]) -> str:
    """Put a style block aside, with the condition of its media attribute."""
    css = found[2]
    media = re.search(r"""media\s*=\s*["']?([\w\s():,.-]{1,300})""", found[1], re.IGNORECASE)
    if media and media[1].strip().lower() not in ("all", "screen"):
        css = f"@media {media[1].strip()} {{{css}}}"
    sheets.append(css)
    return ""


def _body(html: str, work: _Pass) -> dict[str, str]:
    """The cleaned attributes of the body, and the direction of the root."""
    attributes: dict[str, str] = {}
    for pattern, names in ((_ROOT, {"dir", "lang"}), (_BODY, {*EVERYWHERE, *BOX, "text"})):
        found = pattern.search(html)
        if found is None:
            continue
        cleaned = nh3.clean(
            f"<div {found[1].rstrip('/')}></div>",
            tags={"div"},
            attributes={"div": names},
            attribute_filter=work.attribute,
            link_rel=None,
        )
        attributes |= {
            name: html_text.unescape(value) for name, value in _ATTRIBUTE.findall(cleaned)
        }
    return attributes


def _body_style(body: Mapping[str, str]) -> str:
    """The body's attributes as declarations; its own style comes last and wins."""
    parts = []
    for name, declaration in (("bgcolor", "background-color"), ("text", "color")):
        value = body.get(name, "")
        if re.fullmatch(r"#?[A-Za-z0-9]{1,24}", value):
            colour = f"#{value}" if re.fullmatch(r"[0-9A-Fa-f]{6}", value) else value
            parts.append(f"{declaration}:{colour}")
    if "background" in body:
        address = body["background"].replace("\\", "").replace('"', "").replace(")", "")
        parts.append(f'background-image:url("{address}")')
    if body.get("style"):
        parts.append(body["style"])
    return ";".join(parts)


def _placeholder(found: re.Match[str]) -> str:
    """A removed picture as a box of its size with its alt text; nothing for a tracker."""
    attributes = dict(_ATTRIBUTE.findall(found[1]))
    if "src" in attributes:
        return found[0]
    sizes = {name: _length(attributes.get(name, "")) for name in ("width", "height")}
    words = attributes.get("alt", "")
    if "0px" in sizes.values() or not (words or all(sizes.values())):
        return ""
    style = "".join(f"{name}:{size};" for name, size in sizes.items() if size)
    kept = "".join(
        f' {name}="{attributes[name]}"' for name in ("class", "title") if name in attributes
    )
    style += attributes.get("style", "")
    return f'<span{kept} data-remote="1" style="{style}">{words}</span>'


def _length(value: str) -> str:
    """The length of a width or height attribute; 0px for an invisible size."""
    known = re.fullmatch(r"(\d{1,4})(?:px)?(%?)", value.strip())
    if known is None:
        return ""
    if known[2]:
        return f"{known[1]}%"
    return f"{known[1]}px" if int(known[1]) > 3 else "0px"


def _misleading_links(fragment: str) -> dict[str, str]:
    """Links whose text is an address on a host other than their target's."""
    found: dict[str, str] = {}
    for match in _LINK.finditer(fragment):
        text = html_text.unescape(_TAG.sub("", match[2])).strip()
        named = _NAMED_HOST.fullmatch(text[:500])
        address = html_text.unescape(match[1])
        if named is None or not address.lower().startswith("http"):
            continue
        if _site(named[1]) != _site(_host(address)):
            found[address] = text[:200]
    return found


def _host(address: str) -> str:
    """The host of an address in lower case, or ''."""
    try:
        return (urlsplit(address).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def _site(host: str) -> str:
    return host.lower().removeprefix("www.")
