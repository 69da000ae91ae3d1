"""Shows HTML mail in QtWebEngine: one document per conversation, no network, no scripts.

Five independent barriers hold Chromium back. It cannot resolve any host (`schemes.py`). Scripts
are off. The profile keeps nothing. The interceptor refuses every address except the document and
the mail's own pictures. And no navigation is ever followed.
"""

from __future__ import annotations

import json
import secrets

import shiboken6
from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWebEngineCore import (
    QWebEngineContextMenuRequest,
    QWebEnginePage,
    QWebEngineScript,
    QWebEngineSettings,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication, QMenu, QVBoxLayout, QWidget

from ui.reader.message import document, pictures
from ui.reader.message.chromium import Interceptor, LockedPage, Served, harden, shared_profile
from ui.reader.message.message_view import MessageView, misleading_text
from ui.reader.message.schemes import ACTION_SCHEME, DOCUMENT_SCHEME
from ui.reader.message.state import Shown
from ui.style.theme import Theme

# Measures the body's children: without a doctype the body itself is as high as the view.
_HEIGHT = (
    "document.body ? Math.ceil(Math.max(0, ...[...document.body.children].map("
    "part => part.getBoundingClientRect().bottom + window.scrollY))) + 16 : 0"
)
_WORLD = QWebEngineScript.ScriptWorldId.ApplicationWorld.value

# Takes [[id, html or null], …]. Replaces what changed, removes what is gone, keeps the rest.
_UPDATE = """
(entries => {
  const main = document.getElementById('cards');
  if (!main) return false;
  const wanted = new Set(entries.map(entry => entry[0]));
  for (const child of [...main.children]) if (!wanted.has(child.id)) child.remove();
  let at = main.firstElementChild;
  for (const [id, html] of entries) {
    let element = document.getElementById(id);
    if (html !== null) {
      const holder = document.createElement('div');
      holder.setHTMLUnsafe(html);
      const made = holder.firstElementChild;
      const focused = element && element.contains(document.activeElement);
      if (element) { if (at === element) at = made; element.replaceWith(made); }
      else main.insertBefore(made, at);
      if (focused) made.querySelector('.toggle')?.focus({preventScroll: true});
      element = made;
    }
    if (at === element) at = at.nextElementSibling;
    else main.insertBefore(element, at);
  }
  return true;
})(%s)
"""
_SCROLL = """
(id => {
  const card = document.getElementById(id);
  if (card) window.scrollTo(0, id === '%s' ? 0 : card.getBoundingClientRect().top + scrollY - 4);
  return true;
})('%s')
"""


class WebMessageView(MessageView):
    """Shows conversations with HTML mail.

    Attributes:
        is_loaded: The document is loaded. From then on, changes are made inside it.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._shown: Shown | None = None
        self._look = document.Look("", is_dark=False, is_forced=False)
        self._mode = ""
        self._parts: dict[str, str] = {}
        self._scroll_to: int | None = None
        self.is_loaded = False
        self._natural = 0
        self._profile = shared_profile()
        self._interceptor = Interceptor(self.refused, self)
        self._page = LockedPage(self._profile, self.refused, self)
        self._page.setUrlRequestInterceptor(self._interceptor)
        harden(self._page.settings())
        self._host = f"c{secrets.token_hex(8)}"
        self._serial = 0
        self._web = _Web(self)
        self._web.setObjectName("html_view")
        self._web.setAccessibleName(self.tr("Messages"))
        self._web.setPage(self._page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._web)
        self.setFocusProxy(self._web)
        self._page.pressed.connect(self._on_pressed)
        self._page.linkHovered.connect(self._on_hovered)
        self._page.loadFinished.connect(self._on_loaded)
        self._page.contentsSizeChanged.connect(self._measure)
        self._page.setBackgroundColor(theme.color("base"))
        theme.changed.connect(self._on_theme)

    @property
    def page(self) -> QWebEnginePage:
        """Chromium's page."""
        return self._page

    def open(self, shown: Shown) -> None:
        self._shown = shown
        opened = [card.message_id for card in shown.open_cards()]
        self._scroll_to = opened[0] if opened else None
        self._load()

    def update_shown(self, shown: Shown) -> None:
        self._shown = shown
        look = self._wanted_look()
        if not self.is_loaded or document.mode(shown) != self._mode:
            self._scroll_to = self._scroll_to if not self.is_loaded else None
            self._load()
            return
        if look.is_forced != self._look.is_forced:
            self._look = look
            self._force_dark(look.is_forced)
        self._exchange()

    def clear(self) -> None:
        self._shown = None
        self._parts = {}
        self.is_loaded = False
        self.show_page(f"<html><body bgcolor='{self.theme.color('base').name()}'></body></html>")

    def show_page(self, html: str) -> None:
        """Show a page as it is: the blank page or, in tests, one without a content policy."""
        self._profile.handler.served[self._host] = Served(html.encode("utf-8", "replace"), {})
        self._go()

    def scroll_to(self, message_id: int) -> None:
        first = self._shown.cards[0].message_id if self._shown and self._shown.cards else 0
        script = _SCROLL % (f"card-{first}", f"card-{message_id}")
        self._page.runJavaScript(script, _WORLD)

    def natural_height(self) -> int:
        return self._natural

    def close_down(self) -> None:
        """Destroy the page now, before its profile. The view cannot be used after that."""
        self._shown = None
        self.theme.changed.disconnect(self._on_theme)
        self._profile.handler.served.pop(self._host, None)
        shiboken6.delete(self._page)

    def _wanted_look(self) -> document.Look:
        is_dark = self.theme.is_dark
        forced = self._shown is not None and document.wants_forced_dark(
            self._shown, is_dark=is_dark
        )
        return document.Look(self._look.key or secrets.token_hex(8), is_dark, forced)

    def _load(self) -> None:
        """Build the document again and load it."""
        if self._shown is None:
            return
        self._look = document.Look(
            secrets.token_hex(8), self.theme.is_dark, self._wanted_look().is_forced
        )
        self._mode = document.mode(self._shown)
        self._parts = dict(document.parts_of(self._shown, self.theme, self._look))
        html = document.document(self._shown, self.theme, self._look)
        self._serve(html)
        self._force_dark(self._look.is_forced)
        self._page.setBackgroundColor(self.theme.color("base"))
        self.is_loaded = False
        self._go()

    def _go(self) -> None:
        """Load what is now served, under a new address."""
        self._serial += 1
        url = QUrl(f"{DOCUMENT_SCHEME}://{self._host}/{self._serial}")
        self._page.document = self._interceptor.document = url
        self._page.load(url)

    def _serve(self, html: str) -> None:
        if self._shown is not None:
            parts = _pictures(self._shown)
            self._profile.handler.served[self._host] = Served(
                html.encode("utf-8", "replace"), parts
            )

    def _force_dark(self, on: bool) -> None:
        self._page.settings().setAttribute(QWebEngineSettings.WebAttribute.ForceDarkMode, on)

    def _exchange(self) -> None:
        """Update the changed parts inside the loaded document."""
        if self._shown is None:
            return
        before, self._parts = (
            self._parts,
            dict(document.parts_of(self._shown, self.theme, self._look)),
        )
        self._serve("")
        entries = [
            [key, None if before.get(key) == html else html] for key, html in self._parts.items()
        ]
        self._page.runJavaScript(_UPDATE % json.dumps(entries), _WORLD, self._on_exchanged)

    def _on_exchanged(self, done: object) -> None:
        if done:
            self.drawn.emit()

    @Slot()
    def _measure(self) -> None:
        """Measure the document by script: Chromium never reports less than the view's height."""
        if self._shown is not None:
            self._page.runJavaScript(_HEIGHT, _WORLD, self._on_measured)

    def _on_measured(self, height: object) -> None:
        if isinstance(height, int | float) and self._shown is not None:
            self._natural = round(height)
            self.height_changed.emit()

    @Slot(bool)
    def _on_loaded(self, done: bool) -> None:
        # If a mail tries to redirect and is refused, Qt reports a second, failed load. The
        # document stays.
        if not done or self._shown is None or self.is_loaded:
            return
        self.is_loaded = True
        if self._scroll_to is not None:
            self.scroll_to(self._scroll_to)
            self._scroll_to = None
        self._measure()
        self.drawn.emit()

    @Slot()
    def _on_theme(self) -> None:
        self._load()

    @Slot(str)
    def _on_hovered(self, address: str) -> None:
        is_ours = address.startswith(f"{ACTION_SCHEME}:")
        self.link_hovered.emit("" if is_ours else address)

    @Slot(QUrl)
    def _on_pressed(self, url: QUrl) -> None:
        if url.scheme() != ACTION_SCHEME:
            self.link_pressed.emit(url, self._misleading(url))
            return
        key, action, message_id = [*url.path().split("/"), "", ""][:3]
        if key != self._look.key or not message_id.isdecimal():
            return
        match action:
            case "toggle":
                self.card_pressed.emit(int(message_id))
            case "colours":
                self.colours_pressed.emit(int(message_id))
            case "attachments":
                self.attachments_pressed.emit(int(message_id))
            case "why":
                self.why_pressed.emit(int(message_id))
            case "unfold":
                self.fold_pressed.emit()

    def _misleading(self, url: QUrl) -> str:
        for card in self._shown.open_cards() if self._shown else ():
            if card.content is not None and card.content.html is not None:
                text = misleading_text(card.content.html.misleading_links, url)
                if text:
                    return text
        return ""


class _Web(QWebEngineView):
    """The web view with a menu of its own: Chromium's would offer to load and save."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  # Qt's name
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in (QWebEnginePage.WebAction.Copy, QWebEnginePage.WebAction.SelectAll):
            menu.addAction(self.page().action(action))
        request: QWebEngineContextMenuRequest | None = self.lastContextMenuRequest()
        link = QUrl() if request is None else request.linkUrl()
        if link.isValid() and link.scheme() != ACTION_SCHEME:
            copy = menu.addAction(self.tr("Copy link address"))
            copy.setData(link.toString())
            copy.triggered.connect(self._copy_link)
        menu.popup(event.globalPos())

    @Slot()
    def _copy_link(self) -> None:
        action = self.sender()
        QApplication.clipboard().setText(str(action.property("data") or ""))


def _pictures(shown: Shown) -> dict[str, bytes]:
    """The bitmaps of the open cards, by message id and Content-ID."""
    found: dict[str, bytes] = {}
    for card in shown.open_cards():
        for part in card.content.inline if card.content is not None else ():
            if pictures.format_of(part.content):
                found[f"{card.message_id}/{part.content_id}"] = part.content
    return found
