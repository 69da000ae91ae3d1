"""What QtWebEngine has to be told before it is loaded and before there is a QApplication.

`prepare_environment` closes Chromium's network by a rule that no host has an address: interceptor,
content policy and settings together still let `<link rel=preconnect>` out. `register` makes the
schemes known that the reading pane serves itself.
"""

from __future__ import annotations

import os

try:
    from PySide6.QtWebEngineCore import QWebEngineUrlScheme
except ImportError:  # the wheel or one of its system libraries is missing
    HAS_WEB_ENGINE = False
else:
    HAS_WEB_ENGINE = True

DOCUMENT_SCHEME = "dealpost-mail"  # the conversation's document
ACTION_SCHEME = "dealpost"  # what its buttons link to; never followed
PICTURE_SCHEME = "cid"  # pictures that came with the mail

FLAGS = "QTWEBENGINE_CHROMIUM_FLAGS"
NO_NETWORK = '--host-resolver-rules="MAP * ~NOTFOUND"'


def prepare_environment() -> None:
    """Give Chromium no network. Before anything of it runs; what the person set is kept."""
    flags = os.environ.get(FLAGS, "")
    if NO_NETWORK not in flags:
        os.environ[FLAGS] = f"{flags} {NO_NETWORK}".strip()


def register() -> None:
    """Make our schemes known; must come before the QApplication, and may come twice."""
    if not HAS_WEB_ENGINE:
        return
    _register(DOCUMENT_SCHEME, QWebEngineUrlScheme.Syntax.Host)
    _register(PICTURE_SCHEME, QWebEngineUrlScheme.Syntax.Path)


def _register(name: str, syntax: QWebEngineUrlScheme.Syntax) -> None:
    if not QWebEngineUrlScheme.schemeByName(name.encode()).name().isEmpty():
        return
    scheme = QWebEngineUrlScheme(name.encode())
    scheme.setSyntax(syntax)
    # LocalScheme would keep the document from loading its pictures.
    scheme.setFlags(QWebEngineUrlScheme.Flag.NoAccessAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)
