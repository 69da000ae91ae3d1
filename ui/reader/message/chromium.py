"""Locks Chromium in: a profile, a page and an interceptor that load nothing from outside."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt, QUrl, Signal, Slot
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWidgets import QApplication

from ui.reader.message import pictures
from ui.reader.message.schemes import DOCUMENT_SCHEME, PICTURE_SCHEME

_MOST_REFUSED = 1000


@dataclass(frozen=True, slots=True)
class Served:
    """What the scheme handlers may serve for one view."""

    html: bytes
    pictures: dict[str, bytes]


class Handler(QWebEngineUrlSchemeHandler):
    """Serves the documents of all views and the pictures in them, from memory."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.served: dict[str, Served] = {}

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:  # noqa: N802  # Qt's name
        url = job.requestUrl()
        content, kind = self._content(url)
        if content is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        buffer = QBuffer(job)
        buffer.setData(QByteArray(content))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(kind.encode()), buffer)

    def _content(self, url: QUrl) -> tuple[bytes | None, str]:
        if url.scheme() == DOCUMENT_SCHEME:
            served = self.served.get(url.host())
            return (served.html if served else None), "text/html"
        name = url.path(QUrl.ComponentFormattingOption.FullyDecoded)
        for one in self.served.values():
            content = one.pictures.get(name)
            if content is not None:
                return content, f"image/{pictures.format_of(content)}"
        return None, ""


class LockedProfile(QWebEngineProfile):
    """The only profile. It keeps nothing on disk, refuses downloads and outlives its pages."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.handler = Handler(self)
        for scheme in (DOCUMENT_SCHEME, PICTURE_SCHEME):
            self.installUrlSchemeHandler(scheme.encode(), self.handler)
        self.setSpellCheckEnabled(False)
        self.downloadRequested.connect(self._refuse)

    @Slot(QWebEngineDownloadRequest)
    def _refuse(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Refuses every request except for the document itself and pictures that came with the mail."""

    def __init__(self, refused: list[str], parent: QObject) -> None:
        super().__init__(parent)
        self._refused = refused
        self.document = QUrl()

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:  # noqa: N802  # Qt's name
        url, kind = info.requestUrl(), info.resourceType()
        is_image = kind == QWebEngineUrlRequestInfo.ResourceType.ResourceTypeImage
        if url == self.document or (is_image and url.scheme() in (PICTURE_SCHEME, "data")):
            return
        info.block(True)
        if len(self._refused) < _MOST_REFUSED:
            self._refused.append(url.toString())


class LockedPage(QWebEnginePage):
    """A page that follows no link.

    Signals:
        pressed: The address of a link that the user pressed.
    """

    pressed = Signal(QUrl)

    def __init__(self, profile: LockedProfile, refused: list[str], parent: QObject) -> None:
        super().__init__(profile, parent)
        self._refused = refused
        self.document = QUrl()
        self.newWindowRequested.connect(self._on_new_window)
        self.permissionRequested.connect(self._deny)

    def acceptNavigationRequest(  # noqa: N802  # Qt's name
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main: bool
    ) -> bool:
        address = QUrl(url)
        if address == self.document and is_main:
            return kind in (
                QWebEnginePage.NavigationType.NavigationTypeTyped,
                QWebEnginePage.NavigationType.NavigationTypeOther,
            )
        if kind == QWebEnginePage.NavigationType.NavigationTypeLinkClicked:
            self.pressed.emit(address)
        elif address.scheme() != DOCUMENT_SCHEME:  # not one of our own outdated documents
            self._refused.append(address.toString())
        return False

    @Slot(QWebEngineNewWindowRequest)
    def _on_new_window(self, request: QWebEngineNewWindowRequest) -> None:
        if request.isUserInitiated():
            self.pressed.emit(request.requestedUrl())

    @Slot(QWebEnginePermission)
    def _deny(self, permission: QWebEnginePermission) -> None:
        permission.deny()

    def javaScriptConsoleMessage(self, *_message: object) -> None:  # noqa: N802  # Qt's name
        """Do nothing, because text of mail must not get into a log."""


def harden(settings: QWebEngineSettings) -> None:
    """Turn off everything that mail does not need."""
    attribute = QWebEngineSettings.WebAttribute
    for name in (
        attribute.JavascriptEnabled,
        attribute.LocalStorageEnabled,
        attribute.LocalContentCanAccessRemoteUrls,
        attribute.LocalContentCanAccessFileUrls,
        attribute.PluginsEnabled,
        attribute.PdfViewerEnabled,
        attribute.DnsPrefetchEnabled,
        attribute.HyperlinkAuditingEnabled,
        attribute.ScreenCaptureEnabled,
        attribute.WebGLEnabled,
        attribute.Accelerated2dCanvasEnabled,
        attribute.AutoLoadIconsForPage,
        attribute.FullScreenSupportEnabled,
        attribute.AllowWindowActivationFromJavaScript,
        attribute.NavigateOnDropEnabled,
        attribute.ReadingFromCanvasEnabled,
    ):
        settings.setAttribute(name, False)
    settings.setAttribute(attribute.PlaybackRequiresUserGesture, True)
    settings.setAttribute(attribute.FocusOnNavigationEnabled, False)
    settings.setUnknownUrlSchemePolicy(
        QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
    )


def shared_profile() -> LockedProfile:
    """The profile of this process. Its parent is the application, so it outlives every page."""
    application = QApplication.instance()
    if application is None:
        raise RuntimeError("HTML mail needs a QApplication")
    known = application.findChild(LockedProfile, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return known if known is not None else LockedProfile(application)
