"""Signing in in the browser: the button, the wait, and the result."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from sync.oauth.configuration import OAuthProvider
from sync.qt.probes.browser_sign_in import BrowserSignIn, HeldTokens
from sync.qt.service.service import MailService
from ui.forms.fields import NEAR, HintLabel, Notice
from ui.setup.sign_in import oauth_words
from ui.style import icons
from ui.style.theme import Theme

MARK = 18  # size of the icon before the state, in device-independent pixels


class State(Enum):
    """What the box shows."""

    HIDDEN = 0  # no provider to sign in with
    NOT_SET_UP = 1  # there is a provider, but no client id for it
    OFFERED = 2
    WAITING = 3
    SIGNED_IN = 4  # signed in just now: the tokens are held here
    STORED = 5  # the account already signs in this way


class OAuthBox(QWidget):
    """Offers to sign in with one provider.

    Attributes:
        held: The tokens of the sign-in just now, or None.
        offers_password: Whether there is a field for a password beside the box.

    Signals:
        changed: The state has changed.
        signed_in: The sign-in worked; its tokens are held.
        password_wanted: The user prefers a password.
    """

    changed = Signal()
    signed_in = Signal()
    password_wanted = Signal()

    def __init__(
        self,
        service: MailService,
        theme: Theme,
        address: Callable[[], str],
        parent: QWidget,
        name: str = "oauth",
    ) -> None:
        """`name` is the prefix of its parts' object names, where a window has several boxes."""
        super().__init__(parent)
        self.setObjectName(f"{name}_box")
        self._theme = theme
        self._address = address
        self._provider: OAuthProvider | None = None
        self._is_stored = False
        self._page = ""
        self._state = State.HIDDEN
        self.held: HeldTokens | None = None
        self.offers_password = True
        self._browser = BrowserSignIn(service.timing, service.open_url, self)
        self._make_parts(name)
        self._lay_out()
        self._browser.shown.connect(self._on_shown)
        self._browser.signed_in.connect(self._on_signed_in)
        self._browser.failed.connect(self._on_failed)
        self.button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self.cancel)
        self.copy_button.clicked.connect(self._copy)
        self.password_button.clicked.connect(self._want_password)
        theme.changed.connect(self._recolor)
        self._show()

    def _make_parts(self, name: str) -> None:
        self._mark = QLabel(self)
        self._mark.setFixedSize(QSize(MARK, MARK))
        self._said = _Sentence(self._theme, "", self)
        self._said.setObjectName(f"{name}_state")
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._busy = QProgressBar(self, textVisible=False)
        self._busy.setRange(0, 0)
        self._busy.setFixedHeight(3)
        self._busy.setAccessibleName(self.tr("Waiting for your browser"))
        self._error = Notice(self._theme, parent=self)
        self._error.setObjectName(f"{name}_error")
        self._hint = _Sentence(self._theme, oauth_words.hint(), self)
        self.button = _button(self, f"{name}_button")
        self.button.setIcon(icons.icon("external-link"))
        self.copy_button = _button(self, f"{name}_copy_button", self.tr("Copy link"))
        self.cancel_button = _button(self, f"{name}_cancel_button", self.tr("Cancel"))
        self.cancel_button.setAccessibleName(self.tr("Cancel the sign-in in the browser"))
        self.password_button = _button(
            self, f"{name}_password_button", self.tr("Use a password instead")
        )

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._said, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.button, self.copy_button, self.cancel_button, self.password_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self._busy)
        near = QVBoxLayout()
        near.setSpacing(NEAR)
        near.addLayout(buttons)
        near.addWidget(self._hint)
        column.addLayout(near)
        column.addWidget(self._error)

    # --- what others say -----------------------------------------------------------------

    def offer(
        self, provider: OAuthProvider | None, *, is_stored: bool = False, fault: str = ""
    ) -> None:
        """Offer this provider; None offers nothing.

        Args:
            is_stored: Whether the account already signs in this way.
            fault: What is wrong with the configuration, or ''.
        """
        known = self._provider.key if self._provider else ""
        if known != (provider.key if provider else ""):
            self._browser.cancel()
            self.held = None
        self._provider, self._is_stored = provider, is_stored
        self._error.say(fault)
        if not self._browser.is_running:
            self._show()

    @property
    def provider(self) -> OAuthProvider | None:
        """The provider that is offered."""
        return self._provider

    @property
    def state(self) -> State:
        """The state that is shown."""
        return self._state

    @property
    def way_on(self) -> QPushButton:
        """The button to press after the servers refused: the browser again, or a password."""
        return self.password_button if self.button.isHidden() else self.button

    @property
    def is_instead_of_password(self) -> bool:
        """Whether the sign-in in the browser makes a password unnecessary."""
        return self._state in (State.WAITING, State.SIGNED_IN, State.STORED)

    @Slot()
    def start(self) -> None:
        """Open the provider's page."""
        if self._provider is None or not self._provider.is_set_up:
            return
        self._error.say("")
        self._page = ""
        self._browser.start(self._provider, self._address())
        self._show()
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def cancel(self) -> None:
        """Stop waiting for the browser; the local server closes."""
        had_focus = self.cancel_button.hasFocus() or self.copy_button.hasFocus()
        self._browser.cancel()
        self._show()
        if had_focus:
            self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel_waiting(self) -> None:
        """Stop waiting, if it waits at all."""
        if self._browser.is_running:
            self.cancel()

    def forget(self) -> None:
        """Drop the tokens and stop waiting."""
        self._browser.cancel()
        self.held = None
        self._show()

    def focus(self) -> None:
        """Put the keyboard on the button."""
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """The address changed: update the sentences."""
        if not self._browser.is_running:
            self._show()

    # --- what the browser says -----------------------------------------------------------

    @Slot(str, bool)
    def _on_shown(self, page: str, is_open: bool) -> None:
        self._page = page
        self._show()
        if not is_open:
            self._error.say(
                self.tr("No browser could be opened. Copy the link, and open it yourself.")
            )

    @Slot(object)
    def _on_signed_in(self, held: HeldTokens) -> None:
        self.held = held
        self._error.say("")
        self._show()
        window = self.window()
        window.raise_()
        window.activateWindow()
        self.signed_in.emit()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._show()
        self._error.say(sentence)
        self.focus()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._page)
        self.copy_button.setText(self.tr("Link copied"))

    @Slot()
    def _want_password(self) -> None:
        self.held = None
        self._is_stored = False
        self._show()
        self.password_wanted.emit()

    # --- showing -------------------------------------------------------------------------

    def _show(self) -> None:
        self._state = state = self._now()
        provider = self._provider
        self.setVisible(state is not State.HIDDEN or bool(self._error.text()))
        is_again = state is State.STORED or self._is_somebody_else()
        is_asking = is_again or state is State.OFFERED
        self.button.setVisible(is_asking)
        self.copy_button.setVisible(state is State.WAITING)
        self.copy_button.setEnabled(bool(self._page))
        self.copy_button.setText(self.tr("Copy link"))
        self.cancel_button.setVisible(state is State.WAITING)
        self.password_button.setVisible(
            self.offers_password and state in (State.SIGNED_IN, State.STORED)
        )
        self._busy.setVisible(state is State.WAITING)
        if provider is not None:
            again = self.tr("Sign in again with {name}")
            text = again if is_again else self.tr("Sign in with {name}")
            self.button.setAccessibleName(text.format(name=provider.name))
            self.button.setText(f" {text.format(name=provider.name)}")  # space after the icon
            self._said.say(self._sentence(provider))
        self._said.setVisible(state not in (State.HIDDEN, State.OFFERED))
        self._hint.setVisible(is_asking)
        self.button.setAccessibleDescription(self._hint.text())
        self._recolor()
        self.changed.emit()

    def _is_somebody_else(self) -> bool:
        """Whether the browser signed in an address other than the typed one."""
        if self._state is not State.SIGNED_IN or self.held is None:
            return False
        other = self.held.tokens.signed_in_as.strip().lower()
        return bool(other) and other != self._address().strip().lower()

    def _now(self) -> State:
        if self._provider is None:
            return State.HIDDEN
        if self._browser.is_running:
            return State.WAITING
        if self.held is not None:
            return State.SIGNED_IN
        if not self._provider.is_set_up:
            return State.NOT_SET_UP
        return State.STORED if self._is_stored else State.OFFERED

    def _sentence(self, provider: OAuthProvider) -> str:
        match self._state:
            case State.NOT_SET_UP:
                return oauth_words.not_set_up(provider, is_stored=self._is_stored)
            case State.WAITING:
                return oauth_words.waiting(provider)
            case State.SIGNED_IN:
                other = self.held.tokens.signed_in_as if self.held else ""
                return oauth_words.signed_in(provider, self._address(), other)
            case _:
                return oauth_words.stored(provider)

    @Slot()
    def _recolor(self) -> None:
        marks = {
            State.SIGNED_IN: ("circle-check", "accent"),
            State.WAITING: ("hourglass", "muted"),
            State.NOT_SET_UP: ("info", "muted"),
            State.STORED: ("key-round", "muted"),
        }
        found = marks.get(self._state)
        if self._is_somebody_else():
            found = ("triangle-alert", "warning")
        self._mark.setVisible(found is not None)
        self._said.set_tone("text" if self._state in (State.SIGNED_IN, State.WAITING) else "muted")
        if found is not None:
            ink = self._theme.color(found[1])
            self._mark.setPixmap(icons.pixmap(found[0], ink, MARK, self.devicePixelRatioF()))
        colors = self._busy.palette()
        colors.setColor(QPalette.ColorRole.Highlight, self._theme.color("accent"))
        self._busy.setPalette(colors)


class _Sentence(HintLabel):
    """A label whose least height is that of its text at this width, which dialogs respect."""

    def say(self, text: str) -> None:
        """Show another text."""
        self.setText(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setMinimumHeight(0)  # otherwise Qt includes the margin
        self.setMinimumHeight(max(self.heightForWidth(self.width()), 0))


def _button(parent: QWidget, name: str, text: str = "") -> QPushButton:
    button = QPushButton(text, parent)
    button.setObjectName(name)
    button.setAutoDefault(False)
    return button
