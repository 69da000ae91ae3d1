"""A reading pane on a real store and a real service whose account stands still."""

from __future__ import annotations

from ui.reader.message import schemes

# Both have to come before the QApplication, which the first test with a widget makes.
schemes.prepare_environment()
schemes.register()

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sync.qt.service.service import MailService
from sync.timing import Timing
from tests.ui.reader.samples import Correspondence, correspondence
from ui.reader.view import ConversationView
from ui.style.theme import Theme

# What Chromium says on a machine without a GPU.
WITHOUT_GPU = (
    "QRhiGles2",
    "Failed to create RHI",
    "createPlatformVulkan",
    "GPUInfo not initialized",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Chromium's words about missing hardware fail no test of the reading pane."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(*WITHOUT_GPU, extend=True))


@pytest.fixture
def theme(qapp: object) -> Iterator[Theme]:
    """The light theme, installed."""
    made = Theme()
    made.set_mode("light")
    made.install()
    yield made
    made.set_mode("light")


@pytest.fixture
def mails(store: Path) -> Correspondence:
    """Where a test puts its mail."""
    return correspondence()


@pytest.fixture
def service(store: Path, qapp: object) -> Iterator[MailService]:
    """The service with its reader and command thread."""
    made = MailService(store, timing=Timing(), read_only=False)
    made.start()
    yield made
    made.close()


@pytest.fixture
def pane(
    service: MailService, theme: Theme, mails: Correspondence, qtbot: QtBot
) -> Iterator[ConversationView]:
    """The reading pane, shown."""
    made = ConversationView(service, theme)
    qtbot.addWidget(made)
    made.resize(760, 720)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_down()
