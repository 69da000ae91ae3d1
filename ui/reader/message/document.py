"""Builds a conversation as one HTML document: one card per message, each body in a shadow root.

All text of mail is escaped here, except bodies that `sync.html.sanitize` made safe. Buttons are
links to `dealpost:<key>/<action>/<id>`. The key changes with each document, so no mail can know
it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from PySide6.QtCore import QCoreApplication

import resources
from models.store.clock import now_ms
from sync.html.sanitize import QUIRKS, STANDARDS, CleanedHtml
from sync.html.styles import WRAPPER
from ui.reader.message import quoting, wording
from ui.reader.message.schemes import ACTION_SCHEME, PICTURE_SCHEME
from ui.reader.message.state import Card, Fold, Shown
from ui.style import formatting
from ui.style.theme import Theme
from ui.widgets import avatar

_DOCTYPES = {
    STANDARDS: "<!DOCTYPE html>",
    "almost": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
    ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">',
    QUIRKS: "",
}
_NO_LOADING = (
    "default-src 'none'; img-src cid: data:; style-src 'unsafe-inline'; form-action 'none';"
    " base-uri 'none'; frame-src 'none'"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the document is drawn.

    Attributes:
        key: The secret part of our own links.
        is_dark: The dark theme is on.
        is_forced: Chromium darkens mail with colours of its own. Otherwise a CSS filter does.
    """

    key: str
    is_dark: bool
    is_forced: bool


def wants_forced_dark(shown: Shown, *, is_dark: bool) -> bool:
    """Whether Chromium darkens the page. It is a setting of the page, so all cards must want it."""
    if not is_dark:
        return False
    coloured = [card for card in shown.open_cards() if _html(card) and _is_coloured(card)]
    return bool(coloured) and not any(card.has_original_colours for card in coloured)


def mode(shown: Shown) -> str:
    """The mode of the document: that of the newest open HTML body. A document has only one."""
    bodies = [found for card in shown.open_cards() if (found := _html(card)) is not None]
    return bodies[-1].mode if bodies else STANDARDS


def document(shown: Shown, theme: Theme, look: Look) -> str:
    """The whole page."""
    parts = "".join(html for _key, html in parts_of(shown, theme, look))
    return (
        f"{_DOCTYPES[mode(shown)]}<html><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_NO_LOADING}">'
        f"<title>{escape(formatting.clean(shown.head.subject))}</title>"
        f"<style>{document_style(theme)}</style></head>"
        f"<body><main id='cards'>{parts}</main></body></html>"
    )


def parts_of(shown: Shown, theme: Theme, look: Look) -> list[tuple[str, str]]:
    """The elements of the page in order, as (id, HTML)."""
    made: list[tuple[str, str]] = []
    for entry in shown.entries():
        if isinstance(entry, Fold):
            made.append(("fold", _fold(entry, look)))
        else:
            made.append((f"card-{entry.message_id}", _card(entry, shown, theme, look)))
    return made


def _fold(fold: Fold, look: Look) -> str:
    return (
        f'<div class="fold" id="fold"><a role="button" href="{_action(look, "unfold", 0)}">'
        f"{escape(wording.folded_note(fold.count))}</a></div>"
    )


def _action(look: Look, name: str, message_id: int) -> str:
    return f"{ACTION_SCHEME}:{look.key}/{name}/{message_id}"


def _card(card: Card, shown: Shown, theme: Theme, look: Look) -> str:
    body = _opened(card, shown, look) if card.is_open else ""
    classes = f"card {'open' if card.is_open else 'closed'} {'' if card.head.is_read else 'unread'}"
    return (
        f'<article class="{classes}" id="card-{card.message_id}">'
        f"{_head_row(card, shown, look)}{body}</article>"
    )


def _head_row(card: Card, shown: Shown, look: Look) -> str:
    head, now = card.head, now_ms()
    words = escape(wording.card_in_words(head, now))
    date = escape(formatting.since(head.received_at, now))
    return (
        f'<header><a class="toggle" role="button" aria-expanded="{str(card.is_open).lower()}"'
        f' aria-label="{words}" href="{_action(look, "toggle", card.message_id)}"></a>'
        f"{_avatar(card)}<div class='who'><div class='line'>"
        f"<b dir='auto'>{escape(wording.sender(head))}</b>{_second(card)}{_tags(card)}</div>"
        f"{_third(card, shown, look)}</div>"
        f"<span class='side'>{_clip(card, look)}"
        f"<time title='{escape(formatting.full_date(head.received_at))}'>{date}</time></span></header>"
    )


def _second(card: Card) -> str:
    """The text beside the name: the address."""
    address = formatting.clean(card.head.from_[1])
    shows = (
        card.is_open and not card.head.is_own and address != formatting.clean(card.head.from_[0])
    )
    return f"<span class='address'>{escape(address)}</span>" if shows and address else ""


def _third(card: Card, shown: Shown, look: Look) -> str:
    """The third line: the snippet of a closed card, the recipients of an open one."""
    if not card.is_open:
        return (
            f"<div class='snippet' dir='auto'>{escape(formatting.clean(card.head.snippet))}</div>"
        )
    summary = escape(wording.recipients(card.head, shown.head.account_address))
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td dir='auto'>{escape(value)}</td></tr>"
        for name, value in wording.detail_rows(card.head)
    )
    href = _action(look, "why", card.message_id)
    why = f"<a role='button' href='{href}'>{escape(wording.why_note())}</a>"
    rows += f"<tr><th></th><td>{why}</td></tr>"
    return f"<details class='to'><summary>{summary}</summary><table>{rows}</table></details>"


def _tags(card: Card) -> str:
    return "".join(f"<span class='tag'>{escape(tag)}</span>" for tag in wording.tags(card.head))


def _clip(card: Card, look: Look) -> str:
    """The number of attachments, as a link to their list."""
    count = sum(1 for one in card.head.attachments if not one.is_inline)
    if not count:
        return ""
    words = wording.attachments_note(count)
    if not card.is_open:
        return f"<span class='clip'>{escape(words)}</span>"
    href = _action(look, "attachments", card.message_id)
    return f"<a class='clip' role='button' href='{href}'>{escape(words)}</a>"


def _avatar(card: Card) -> str:
    party = card.head.from_
    colour = avatar.color(party[1] or party[0]).name()
    letters = escape(formatting.initials(party))
    return f"<span class='avatar' aria-hidden='true' style='--avatar:{colour}'>{letters}</span>"


def _opened(card: Card, shown: Shown, look: Look) -> str:
    note = wording.body_note(card)
    if note or card.content is None:
        return f"<div class='body note'>{escape(note)}</div>"
    cleaned = card.content.html
    if cleaned is None:
        return _text_body(card)
    switch = _switch(card, look) if look.is_dark and cleaned.has_own_colours else ""
    return f"{switch}{_html_body(card, cleaned, look)}{_cut(wording.cut_note(card))}"


def _text_body(card: Card) -> str:
    pieces = quoting.pieces(card.content.text if card.content else "")
    folded = ""
    if pieces.folded:
        label = escape(QCoreApplication.translate("Reader", "Show or hide quoted text"))
        folded = (
            f"<details class='dp-quote'><summary aria-label='{label}' title='{label}'>···</summary>"
            f"{quoting.to_html(pieces.folded)}</details>"
        )
    body = quoting.to_html(pieces.shown)
    note = _cut(wording.cut_note(card, is_cut=pieces.was_cut))
    return f"<div class='body text' dir='auto'>{body}{folded}</div>{note}"


def _cut(note: str) -> str:
    return f"<p class='body note'>{escape(note)}</p>" if note else ""


def _switch(card: Card, look: Look) -> str:
    """The link that switches between the mail's own colours and dark ones."""
    text = (
        QCoreApplication.translate("Reader", "Dark colours")
        if card.has_original_colours
        else QCoreApplication.translate("Reader", "Original colours")
    )
    href = _action(look, "colours", card.message_id)
    return f"<p class='switch'><a role='button' href='{href}'>{escape(text)}</a></p>"


def _html_body(card: Card, cleaned: CleanedHtml, look: Look) -> str:
    kind = _kind(card, cleaned, look)
    own = f' id="{escape(cleaned.body_id)}"' if cleaned.body_id else ""
    direction = f' dir="{cleaned.direction}"' if cleaned.direction else ' dir="auto"'
    style = f' style="{escape(cleaned.body_style)}"' if cleaned.body_style else ""
    inner = (
        f"<style>{shadow_style()}</style><style>{cleaned.styles}</style>"
        f'<div class="{WRAPPER} {escape(cleaned.body_class)}"{own}{direction}{style}>'
        f"{_labelled(cleaned.html)}</div>"
    )
    inner = _with_own_pictures(inner, card.message_id)
    return (
        f"<div class='body html {kind}'><div class='host'>"
        f"<template shadowrootmode='open'>{inner}</template></div></div>"
    )


def _labelled(html: str) -> str:
    """Add the label to the button of the folded quote."""
    label = escape(QCoreApplication.translate("Reader", "Show or hide quoted text"))
    return html.replace(
        '<details class="dp-quote"><summary></summary>',
        f'<details class="dp-quote"><summary aria-label="{label}" title="{label}">···</summary>',
        1,
    )


def _kind(card: Card, cleaned: CleanedHtml, look: Look) -> str:
    """How a body is coloured.

    plain: in the theme's colours. paper: in its own, on white. forced and turned: in its own,
    darkened by Chromium or by a filter.
    """
    if not cleaned.has_own_colours:
        return "plain"
    if not look.is_dark or card.has_original_colours:
        return "paper"
    return "forced" if look.is_forced else "turned"


def _with_own_pictures(html: str, message_id: int) -> str:
    """Add the message id to picture addresses: two mails may use the same Content-ID."""
    for before in ('src="', 'background="', 'url("', "url(&quot;"):
        start = f"{before}{PICTURE_SCHEME}:"
        html = html.replace(start, f"{start}{message_id}/")
    return html


def _html(card: Card) -> CleanedHtml | None:
    return card.content.html if card.content is not None else None


def _is_coloured(card: Card) -> bool:
    cleaned = _html(card)
    return cleaned is not None and cleaned.has_own_colours


def document_style(theme: Theme) -> str:
    """The style sheet of the page, outside the mails' shadow roots."""
    sheet = _sheet("reader.css")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: theme.color(found[1]).name(), sheet)


def shadow_style() -> str:
    """The basic style sheet in each mail's shadow root."""
    return _sheet("reader-mail.css")


@lru_cache(maxsize=4)
def _sheet(name: str) -> str:
    return resources.path(name).read_text(encoding="utf-8")
