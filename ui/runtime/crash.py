"""Logs faults of the program in the profile and reports the first one to the user.

No fault is silent, and no log contains text of mail.
"""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QMessageBox

log = logging.getLogger(__name__)

LOG_BYTES = 1_000_000
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashGuard(QObject):
    """Writes `logs/dealpost.log` and `logs/crash.log` of a profile while it is open.

    A logged traceback has only the frames and the exception's class. The text of an exception
    may quote a mail or a secret.

    Signals:
        _struck: A fault in any thread. The GUI thread reports it.
    """

    _struck = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder / "logs"
        self._has_told = False
        self._box: QMessageBox | None = None  # without a parent, only this keeps it alive
        self._file: IO[str] | None = None
        self._handler: RotatingFileHandler | None = None
        self._struck.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Start logging. `remove` restores the hooks that were there before."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(
            self._folder / "dealpost.log", maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8"
        )
        form = "%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"
        self._handler.setFormatter(WordlessFormatter(form))
        logging.getLogger().addHandler(self._handler)
        self._level = logging.getLogger().level
        logging.getLogger().setLevel(min(self._level, logging.INFO) or logging.INFO)
        self._file = (self._folder / "crash.log").open("a", encoding="utf-8")
        faulthandler.enable(self._file)
        self._excepthook, sys.excepthook = sys.excepthook, self._on_exception
        self._thread_hook, threading.excepthook = threading.excepthook, self._on_thread_exception
        self._qt_handler = qInstallMessageHandler(self._on_qt_message)

    def remove(self) -> None:
        """Stop logging: restore every hook and close the files."""
        if self._handler is None or self._file is None:
            return
        sys.excepthook, threading.excepthook = self._excepthook, self._thread_hook
        qInstallMessageHandler(self._qt_handler)
        faulthandler.disable()
        logging.getLogger().removeHandler(self._handler)
        logging.getLogger().setLevel(self._level)
        self._handler.close()
        self._file.close()
        self._handler = self._file = None

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        log.error("a fault", exc_info=(kind, error, trace))
        self._struck.emit(kind.__name__)
        self._excepthook(kind, error, trace)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            told = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
            log.error("a fault in a thread", exc_info=told)
        self._struck.emit(arguments.exc_type.__name__)
        self._thread_hook(arguments)

    def _on_qt_message(
        self, kind: QtMsgType, context: QMessageLogContext, message: str | None
    ) -> None:
        logging.getLogger("qt").log(_LEVELS.get(kind, logging.INFO), "%s", message or "")
        if self._qt_handler is not None:
            self._qt_handler(kind, context, message or "")

    @Slot(str)
    def _tell(self, name: str) -> None:
        """Show one dialog per run, because the first fault often causes more."""
        if self._has_told:
            return
        self._has_told = True
        parent = QApplication.activeWindow()
        self._box = box = QMessageBox(parent)
        box.setObjectName("fault_dialog")
        box.setWindowTitle(self.tr("A fault in Dealpost"))
        box.setText(self.tr("Something in Dealpost went wrong ({}).").format(name))
        where = self.tr(
            "Your mail is safe. You can go on, or start Dealpost again. The details are in {}; "
            "they have no words of your mail."
        )
        box.setInformativeText(where.format(self._folder / "dealpost.log"))
        box.open()


class WordlessFormatter(logging.Formatter):
    """Formats tracebacks without the exceptions' texts and without source lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the record without the traceback text that other handlers cache in it."""
        own = logging.makeLogRecord(record.__dict__ | {"exc_text": None})
        return super().format(own)

    def formatException(  # noqa: N802  # logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        error = ei[1]
        lines: list[str] = []
        while error is not None:
            lines.append(type(error).__name__)
            trace = error.__traceback__
            while trace is not None:
                code = trace.tb_frame.f_code
                lines.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
                trace = trace.tb_next
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            if error is not None:
                lines.append("caused by")
        return "\n".join(lines)
