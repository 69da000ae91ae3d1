"""The reading pane on a real store: opening, events, read state, attachments, both views."""

from __future__ import annotations

import os
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QObject, Qt, QUrl, Slot
from PySide6.QtGui import QColor, QDesktopServices, QImage
from PySide6.QtWidgets import QLabel, QListWidget, QMessageBox, QTextBrowser, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from models.commands.archive import Archive
from models.commands.delete import DeleteMessages
from models.events import SettingsChanged
from models.store import settings
from sync.qt.service.service import MailService
from tests.ui.reader.samples import BOB, Correspondence
from ui.reader.message import schemes
from ui.reader.message.safe_browser import SafeBrowser
from ui.reader.message.text_view import TextMessageView
from ui.reader.view import ConversationView
from ui.style.theme import Theme

needs_web = pytest.mark.skipif(not schemes.HAS_WEB_ENGINE, reason="QtWebEngine is not installed")
NEWSLETTER = """<html><body bgcolor="#ffffff"><h1 style="color:#123">News</h1>
<img src="https://img.news.test/1.png" alt="One"><img src="https://img.news.test/2.png" alt="Two">
<img src="http://track.test/o.gif" width="1" height="1"><a href="http://evil.test/">www.bank.test</a></body></html>"""


def open_and_wait(pane: ConversationView, conversation_id: int, qtbot: QtBot) -> None:
    pane.show_conversation(conversation_id)

    def is_loaded() -> bool:
        shown = pane.shown
        return (
            shown is not None
            and shown.head.conversation_id == conversation_id
            and not shown.missing()
        )

    qtbot.waitUntil(is_loaded, timeout=15_000)


def text_of(pane: ConversationView) -> str:
    browser = pane.findChild(QTextBrowser, "message_text")
    assert browser is not None
    return browser.toPlainText()


class Opener(QObject):
    """Takes addresses instead of the system's programs."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url)


@pytest.fixture
def opener(qapp: object) -> Opener:
    made = Opener()
    for scheme in ("http", "https", "file", "mailto"):
        QDesktopServices.setUrlHandler(scheme, made, "take")  # type: ignore[arg-type]  # its stub is wrong
    return made


def test_nothing_is_open_at_first(pane: ConversationView) -> None:
    texts = [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]
    assert "Select a conversation" in texts
    assert pane.objectName() == "conversation_view"


def test_a_plain_mail_shows_without_chromium(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    one = mails.mail("Hello Bob,\n\nsee https://a.test/x\n", subject="A plain one")
    open_and_wait(pane, mails.conversation(one), qtbot)
    assert "Hello Bob," in text_of(pane)
    assert isinstance(pane.views.current, TextMessageView)
    assert pane.header.subject.text() == "A plain one"
    assert not pane.remote_bar.isVisible()


def test_the_newest_message_is_open_and_the_older_ones_are_closed(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    mails.mail("the first words")
    newest = mails.mail("the second words", answers=1, sender=BOB)
    open_and_wait(pane, mails.conversation(newest), qtbot)
    assert pane.shown is not None
    assert [card.is_open for card in pane.shown.cards] == [False, True]
    assert "the second words" in text_of(pane)


def test_a_click_opens_an_older_message(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    first = mails.mail("the first words")
    newest = mails.mail("the second words", answers=1)
    open_and_wait(pane, mails.conversation(newest), qtbot)
    pane.views.current.card_pressed.emit(first)

    def is_there() -> bool:
        browser = pane.findChild(QTextBrowser, f"message_text_{first}")
        return browser is not None and "the first words" in browser.toPlainText()

    qtbot.waitUntil(is_there, timeout=15_000)


def test_unread_messages_are_told_once_they_are_on_the_screen(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    one = mails.mail("words", is_read=False)
    told: list[object] = []
    pane.messages_shown.connect(told.append)
    pane.hide()
    open_and_wait(pane, mails.conversation(one), qtbot)
    assert told == []
    with qtbot.waitSignal(pane.messages_shown, timeout=15_000):
        pane.show()
    assert told == [(one,)]


def test_a_new_message_comes_into_the_open_conversation(
    pane: ConversationView, mails: Correspondence, service: MailService, qtbot: QtBot
) -> None:
    one = mails.mail("the first words")
    open_and_wait(pane, mails.conversation(one), qtbot)
    mails.mail("the second words", answers=1)
    for event in mails.events:
        service.happened.emit(event)
    qtbot.waitUntil(lambda: "the second words" in text_of(pane), timeout=15_000)
    assert pane.shown is not None
    assert all(card.is_open for card in pane.shown.cards)


def test_deleted_mail_leaves_at_once_and_the_last_one_clears_the_pane(
    pane: ConversationView, mails: Correspondence, service: MailService, qtbot: QtBot
) -> None:
    first = mails.mail("the first words")
    newest = mails.mail("the second words", answers=1)
    open_and_wait(pane, mails.conversation(newest), qtbot)
    service.run(DeleteMessages((newest,)))
    qtbot.waitUntil(lambda: pane.shown is not None and len(pane.shown.cards) == 1, timeout=15_000)
    service.run(DeleteMessages((first,)))
    qtbot.waitUntil(lambda: pane.conversation_id is None, timeout=15_000)
    assert pane.shown is None
    assert not pane.attachments.isVisible()


def test_the_buttons_follow_the_archive_state(
    pane: ConversationView, mails: Correspondence, service: MailService, qtbot: QtBot
) -> None:
    one = mails.mail("words")
    open_and_wait(pane, mails.conversation(one), qtbot)
    archive = pane.findChild(QToolButton, "conversation_archive_button")
    restore = pane.findChild(QToolButton, "conversation_restore_button")
    assert archive is not None
    assert restore is not None
    with qtbot.waitSignal(pane.archive_requested):
        archive.click()
    service.run(Archive((mails.conversation(one),)))
    qtbot.waitUntil(restore.isVisible, timeout=15_000)
    assert not archive.isVisible()
    with qtbot.waitSignal(pane.delete_requested):
        pane.header.delete_button.click()


@needs_web
def test_html_shows_and_the_bar_names_the_hosts(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    one = mails.mail("text", html=NEWSLETTER)
    open_and_wait(pane, mails.conversation(one), qtbot)
    assert not isinstance(pane.views.current, TextMessageView)
    assert pane.remote_bar.isVisible()
    assert "img.news.test (2)" in pane.remote_bar.text()
    assert pane.views.current.refused == []


@needs_web
def test_a_picture_that_came_with_the_mail_is_drawn(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    picture = QImage(300, 200, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub is wrong
    content = bytes(buffer.data().data())
    html = '<p>look</p><img src="cid:logo@x.test">'
    one = mails.mail("text", html=html, pictures=(("logo@x.test", content),))
    open_and_wait(pane, mails.conversation(one), qtbot)

    def is_red() -> bool:
        shown = pane.grab().toImage()
        return any(
            shown.pixelColor(x, y).name() == "#ff0000"
            for x in range(0, shown.width(), 20)
            for y in range(0, shown.height(), 20)
        )

    qtbot.waitUntil(is_red, timeout=15_000)
    settings.put("simple_html", True)
    pane.set_simple_html(True)
    assert isinstance(pane.views.current, TextMessageView)
    qtbot.waitUntil(is_red, timeout=15_000)


def when_drawn(pane: ConversationView, qtbot: QtBot) -> Any:
    """The document in Chromium, as soon as it stands; what changes then is changed within it."""
    view = pane.views.current
    assert isinstance(view, import_module("ui.reader.message.html_view").WebMessageView)
    qtbot.waitUntil(lambda: view.is_loaded, timeout=15_000)
    return view


@needs_web
def test_swapping_messages_makes_no_new_view_and_loads_each_document_once(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    """A page of Chromium costs a process; a second load of the same mail would be seen."""
    ids = [mails.mail("text", html=NEWSLETTER, subject=f"Mail {n}") for n in range(4)]
    open_and_wait(pane, mails.conversation(ids[0]), qtbot)
    view = when_drawn(pane, qtbot)
    page = view.page
    loads: list[QUrl] = []
    page.loadStarted.connect(lambda: loads.append(page.url()))
    for count, one in enumerate(ids[1:], start=1):
        open_and_wait(pane, mails.conversation(one), qtbot)
        assert when_drawn(pane, qtbot) is view
        assert view.page is page
        assert len(loads) == count


@needs_web
def test_cards_toggle_in_the_document_without_loading_it_again(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    first = mails.mail("text", html="<p>older words</p>")
    newest = mails.mail("text", html="<p>newer words</p>", answers=1)
    open_and_wait(pane, mails.conversation(newest), qtbot)
    # The words are there a moment before the load is over; until then a change loads anew.
    view = when_drawn(pane, qtbot)
    found: list[object] = []

    def inner_text() -> str:
        script = "[...document.querySelectorAll('.host')].map(h => h.shadowRoot.textContent).join()"
        view.page.runJavaScript(script, 1, found.append)
        qtbot.waitUntil(lambda: bool(found), timeout=15_000)
        return str(found.pop())

    assert "newer words" in inner_text()
    url = view.page.url()
    view.card_pressed.emit(first)
    qtbot.waitUntil(lambda: "older words" in inner_text(), timeout=15_000)
    assert "newer words" in inner_text()
    assert view.page.url() == url


def test_a_link_that_says_another_host_is_asked_about(
    pane: ConversationView, mails: Correspondence, opener: Opener, qtbot: QtBot
) -> None:
    pane.set_simple_html(True)
    one = mails.mail("text", html=NEWSLETTER)
    open_and_wait(pane, mails.conversation(one), qtbot)
    browser = pane.findChild(SafeBrowser, "message_text")
    assert browser is not None
    browser.link_pressed.emit(QUrl("http://evil.test/"))
    box = pane.findChild(QMessageBox, "confirm_link")
    assert box is not None
    assert "evil.test" in box.informativeText()
    assert opener.urls == []
    box.button(QMessageBox.StandardButton.Open).click()
    assert opener.urls == [QUrl("http://evil.test/")]
    browser.link_pressed.emit(QUrl("https://a.test/"))
    assert opener.urls[-1] == QUrl("https://a.test/")
    browser.link_pressed.emit(QUrl("file:///etc/passwd"))
    assert len(opener.urls) == 2


def test_attachments_open_and_their_copies_go(
    pane: ConversationView,
    mails: Correspondence,
    service: MailService,
    opener: Opener,
    qtbot: QtBot,
) -> None:
    one = mails.mail("see", files=(("offer.pdf", "application/pdf", b"%PDF words"),))
    open_and_wait(pane, mails.conversation(one), qtbot)
    found = pane.findChild(QListWidget, "attachment_list")
    assert found is not None
    assert found.isVisible()
    assert found.item(0).text() == "offer.pdf"
    pane.attachments.open_button.click()
    qtbot.waitUntil(lambda: bool(opener.urls), timeout=15_000)
    path = Path(opener.urls[0].toLocalFile())
    assert path.read_bytes() == b"%PDF words"
    assert service.folder in path.parents
    service.run(DeleteMessages((one,)))
    qtbot.waitUntil(lambda: not path.exists(), timeout=15_000)


def test_dangerous_attachments_warn_first(
    pane: ConversationView, mails: Correspondence, opener: Opener, qtbot: QtBot
) -> None:
    one = mails.mail("see", files=(("run.exe", "application/octet-stream", b"MZ"),))
    open_and_wait(pane, mails.conversation(one), qtbot)
    pane.attachments.open_button.click()
    box = pane.findChild(QMessageBox, "confirm_open_attachment")
    assert box is not None
    box.button(QMessageBox.StandardButton.Cancel).click()
    assert opener.urls == []


def test_attachments_are_saved(
    pane: ConversationView, mails: Correspondence, tmp_path: Path, qtbot: QtBot
) -> None:
    one = mails.mail("see", files=(("offer.pdf", "application/pdf", b"%PDF words"),))
    open_and_wait(pane, mails.conversation(one), qtbot)
    target = tmp_path / "saved.pdf"
    pane.attachment_actions.save_to(pane.attachments.selected()[0], target)
    qtbot.waitUntil(target.exists, timeout=15_000)
    assert target.read_bytes() == b"%PDF words"


def test_a_slow_disk_stops_nobody(
    pane: ConversationView,
    mails: Correspondence,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The window goes on, the list says what goes on, and the file comes when it comes."""
    one = mails.mail("see", files=(("offer.pdf", "application/pdf", b"%PDF words"),))
    open_and_wait(pane, mails.conversation(one), qtbot)
    ready = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _: ready.wait(10))
    target = tmp_path / "saved.pdf"
    head = pane.attachments.selected()[0]
    told: list[frozenset[int]] = []
    actions = pane.attachment_actions
    actions.busy_changed.connect(lambda: told.append(actions.busy))

    actions.save_to(head, target)
    qtbot.waitUntil(lambda: told == [{head.attachment_id}], timeout=15_000)
    assert not target.exists()
    ready.set()

    qtbot.waitUntil(target.exists, timeout=15_000)
    qtbot.waitUntil(lambda: told[-1] == frozenset(), timeout=15_000)


def test_a_place_that_takes_no_file_is_named(
    pane: ConversationView, mails: Correspondence, tmp_path: Path, qtbot: QtBot
) -> None:
    one = mails.mail("see", files=(("offer.pdf", "application/pdf", b"%PDF words"),))
    open_and_wait(pane, mails.conversation(one), qtbot)

    pane.attachment_actions.save_to(pane.attachments.selected()[0], tmp_path / "gone" / "a.pdf")

    def box() -> QMessageBox | None:
        return pane.findChild(QMessageBox, "attachment_failed")

    qtbot.waitUntil(lambda: box() is not None, timeout=15_000)
    found = box()
    assert found is not None
    assert found.text() == ("“offer.pdf” could not be written: this folder is not there any more.")


def test_a_long_conversation_reads_one_body_and_folds_its_middle(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    last = mails.mail("message 1")
    for number in range(2, 101):
        last = mails.mail(f"message {number}", answers=number - 1)
    open_and_wait(pane, mails.conversation(last), qtbot)
    assert pane.shown is not None
    assert [c.head.message_id for c in pane.shown.cards if c.content is not None] == [last]
    assert len(list(pane.shown.entries())) == 5
    pane.views.current.fold_pressed.emit()
    assert len(list(pane.shown.entries())) == 100


def test_a_mail_without_text_says_so(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    one = mails.mail("")
    open_and_wait(pane, mails.conversation(one), qtbot)
    texts = [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]
    assert "This mail has no text" in texts


def test_a_subject_of_a_mail_is_never_markup(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    one = mails.mail("words", subject="<img src=x> <b>bold</b> " + "long " * 200)
    open_and_wait(pane, mails.conversation(one), qtbot)
    assert pane.header.subject.text().startswith("<img src=x> <b>bold</b>")
    assert pane.header.subject.textFormat() is Qt.TextFormat.PlainText


def test_the_setting_for_simple_html_is_followed(
    pane: ConversationView, mails: Correspondence, service: MailService, qtbot: QtBot
) -> None:
    one = mails.mail("text", html=NEWSLETTER)
    settings.put("simple_html", True)
    service.happened.emit(SettingsChanged("simple_html"))
    open_and_wait(pane, mails.conversation(one), qtbot)
    assert isinstance(pane.views.current, TextMessageView)
    assert "News" in text_of(pane)


def test_the_dark_theme_reaches_what_is_open(
    pane: ConversationView, mails: Correspondence, theme: Theme, qtbot: QtBot
) -> None:
    one = mails.mail("words")
    open_and_wait(pane, mails.conversation(one), qtbot)
    theme.set_mode("dark")
    shown = pane.grab().toImage()
    assert shown.pixelColor(5, shown.height() - 5).lightness() < 80


def test_every_control_can_be_reached_and_has_a_name(
    pane: ConversationView, mails: Correspondence, qtbot: QtBot
) -> None:
    one = mails.mail("words", files=(("a.pdf", "application/pdf", b"x"),))
    open_and_wait(pane, mails.conversation(one), qtbot)
    for button in pane.findChildren(QToolButton):
        if button.isVisible() and button.objectName() != "qt_toolbar_ext_button":
            assert button.text() or button.accessibleName()
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    headers = [w for w in pane.findChildren(QWidget) if type(w).__name__ == "CardHeader"]
    assert headers
    assert all(header.accessibleName() for header in headers)


@needs_web
def test_original_colours_are_a_switch_of_each_message(
    pane: ConversationView, mails: Correspondence, theme: Theme, qtbot: QtBot
) -> None:
    html = '<body bgcolor="#ffffff"><p style="color:#111111">words</p></body>'
    first = mails.mail("text", html=html, is_read=False)
    newest = mails.mail("text", html=html, answers=1, is_read=False)
    theme.set_mode("dark")
    open_and_wait(pane, mails.conversation(newest), qtbot)

    def bright_rows() -> int:
        shown = pane.grab().toImage()
        rows = range(pane.header.height(), shown.height(), 4)
        return sum(shown.pixelColor(shown.width() // 2, y).lightness() > 230 for y in rows)

    qtbot.waitUntil(lambda: bright_rows() == 0, timeout=15_000)
    pane.views.current.colours_pressed.emit(first)
    qtbot.waitUntil(lambda: bright_rows() > 0, timeout=15_000)
    one = bright_rows()
    pane.views.current.colours_pressed.emit(newest)
    qtbot.waitUntil(lambda: bright_rows() > one, timeout=15_000)


@needs_web
def test_reading_on_is_not_disturbed_by_a_new_message(
    pane: ConversationView, mails: Correspondence, service: MailService, qtbot: QtBot
) -> None:
    one = mails.mail("text", html="<p>line of words</p>" * 200)
    open_and_wait(pane, mails.conversation(one), qtbot)
    page = when_drawn(pane, qtbot).page
    qtbot.waitUntil(lambda: page.contentsSize().height() > 2000, timeout=15_000)

    def is_scrolled() -> bool:
        """Scroll as a user does: again, while the page is still being laid out."""
        if page.scrollPosition().y() > 800:
            return True
        page.runJavaScript("window.scrollTo(0, 900)", 1)
        return False

    qtbot.waitUntil(is_scrolled, timeout=15_000)
    before = page.contentsSize().height()
    mails.mail("text", html="<p>new</p>", answers=1)
    for event in mails.events:
        service.happened.emit(event)
    qtbot.waitUntil(lambda: page.contentsSize().height() > before, timeout=15_000)
    qtbot.waitUntil(lambda: abs(page.scrollPosition().y() - 900) < 30, timeout=15_000)
    assert pane.views.current.is_loaded  # type: ignore[attr-defined]  # within the document
