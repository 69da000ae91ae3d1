"""Chooses which message view draws: text in Qt's widgets, or HTML in QtWebEngine."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable

from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.reader.message import schemes
from ui.reader.message.message_view import MessageView
from ui.reader.message.state import Shown
from ui.reader.message.text_view import TextMessageView
from ui.style.theme import Theme

log = logging.getLogger(__name__)


class MessageViews(QStackedWidget):
    """Has the text view from the start, and creates the web view for the first HTML mail.

    Loading Chromium earlier would cost its 250 MB for nothing. `connect` gets each view that is
    created later; the owner connects the text view itself.

    Attributes:
        current: The view that draws now.
        is_simple: The user wants HTML mail without QtWebEngine, or it could not be loaded.
    """

    def __init__(
        self,
        theme: Theme,
        connect: Callable[[MessageView], None],
        parent: QWidget,
        *,
        is_simple: bool,
    ) -> None:
        super().__init__(parent)
        self.is_simple = is_simple
        self._theme = theme
        self._connect = connect
        self._text = TextMessageView(theme, self)
        self._web: MessageView | None = None
        self.current: MessageView = self._text
        self.addWidget(self._text)

    def choose(self, shown: Shown) -> bool:
        """Switch to the view that a conversation needs. True if the view changed."""
        view = self._view_for(shown)
        is_other = view is not self.current
        if is_other:
            self.current.clear()
            self.current = view
            self.setCurrentWidget(view)
        return is_other

    def close_down(self) -> None:
        """At quit: destroy Chromium's page before its profile."""
        if self._web is not None:
            web, self._web, self.current = self._web, None, self._text
            self.removeWidget(web)
            web.close_down()
            web.deleteLater()

    def _view_for(self, shown: Shown) -> MessageView:
        """The view for a conversation. Plain text needs no QtWebEngine.

        While bodies are missing, a conversation in the web view stays there.
        """
        if self.is_simple or not schemes.HAS_WEB_ENGINE:
            return self._text
        waits_in_web = self.current is self._web and bool(shown.missing())
        if not shown.has_html() and not waits_in_web:
            return self._text
        if self._web is None:
            self._web = self._made_web_view()
        return self._web or self._text

    def _made_web_view(self) -> MessageView | None:
        try:
            module = importlib.import_module("ui.reader.message.html_view")
        except ImportError:
            log.warning("QtWebEngine could not be loaded; HTML mail is shown simply")
            self.is_simple = True
            return None
        view: MessageView = module.WebMessageView(self._theme, self)
        self._connect(view)
        self.addWidget(view)
        return view
