"""Sets up QtWebEngine before it is loaded and before there is a QApplication.

`prepare_environment` cuts off Chromium's network with a rule that no host has an address. It is
needed: interceptor, content policy and settings together still let `<link rel=preconnect>` out.
`register` registers the URL schemes that the reading pane serves itself.
"""

from __future__ import annotations

import os

try:
    from PySide6.QtWebEngineCore import QWebEngineUrlScheme
except ImportError:  # the wheel or one of its system libraries is missing
    HAS_WEB_ENGINE = False
else:
    HAS_WEB_ENGINE = True

DOCUMENT_SCHEME = "dealpost-mail"  # the document of a conversation
ACTION_SCHEME = "dealpost"  # links of the document's buttons; never followed
PICTURE_SCHEME = "cid"  # pictures that came with the mail

FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
NO_NETWORK = '--host-resolver-rules="MAP * ~NOTFOUND"'


def prepare_environment() -> None:
    """Cut off Chromium's network. Call it before Chromium starts. The user's own flags stay."""
    flags = os.environ.get(FLAGS, "")
    if NO_NETWORK not in flags:
        os.environ[FLAGS] = f"{flags} {NO_NETWORK}".strip()


def register() -> None:
    """Register our URL schemes. Call it before the QApplication is made; twice does no harm."""
    if not HAS_WEB_ENGINE:
        return
    _register(DOCUMENT_SCHEME, QWebEngineUrlScheme.Syntax.Host)
    _register(PICTURE_SCHEME, QWebEngineUrlScheme.Syntax.Path)


def _register(name: str, syntax: QWebEngineUrlScheme.Syntax) -> None:
    if not QWebEngineUrlScheme.schemeByName(name.encode()).name().isEmpty():
        return
    scheme = QWebEngineUrlScheme(name.encode())
    scheme.setSyntax(syntax)
    # With LocalScheme, the document could not load its pictures.
    scheme.setFlags(QWebEngineUrlScheme.Flag.NoAccessAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)
