"""The user's other mail program. It uses plain imaplib, so our code does not test itself."""

from __future__ import annotations

import contextlib
import imaplib
from types import TracebackType
from typing import Self


class OtherClient:
    """A second client. Methods take UIDs as a list."""

    def __init__(self, port: int, user: str, password: str = "secret") -> None:
        imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))
        self.imap = imaplib.IMAP4("127.0.0.1", port, timeout=30)
        self.imap.login(f'"{user}"', password)
        self.imap._simple_command("ID", '("x-other" "1")')

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        try:
            self.imap.logout()
        except (OSError, imaplib.IMAP4.error):
            with contextlib.suppress(OSError):
                self.imap.shutdown()

    def uids(self, mailbox: str) -> list[int]:
        """The UIDs of all messages in the mailbox."""
        self._select(mailbox, readonly=True)
        kind, data = self.imap.uid("SEARCH", "ALL")
        assert kind == "OK", data
        return [int(word) for word in data[0].split()]

    def flags(self, mailbox: str, uid: int) -> set[str]:
        self._select(mailbox, readonly=True)
        kind, data = self.imap.uid("FETCH", str(uid), "(FLAGS)")
        assert kind == "OK"
        return {flag.decode() for item in data if item for flag in imaplib.ParseFlags(item)}

    def raw(self, mailbox: str, uid: int) -> bytes:
        self._select(mailbox, readonly=True)
        kind, data = self.imap.uid("FETCH", str(uid), "(BODY.PEEK[])")
        assert kind == "OK"
        assert isinstance(data[0], tuple)
        return bytes(data[0][1])

    def append(self, mailbox: str, raw: bytes, flags: str = "") -> None:
        self._ok(self.imap.append(_quoted(mailbox), flags or None, None, raw))

    def move(self, mailbox: str, uids: list[int], to: str) -> None:
        self._select(mailbox)
        self._ok(self.imap.uid("MOVE", _set(uids), _quoted(to)))

    def copy(self, mailbox: str, uids: list[int], to: str) -> None:
        self._select(mailbox)
        self._ok(self.imap.uid("COPY", _set(uids), _quoted(to)))

    def flag(self, mailbox: str, uids: list[int], *flags: str) -> None:
        self._select(mailbox)
        self._ok(self.imap.uid("STORE", _set(uids), "+FLAGS", f"({' '.join(flags)})"))

    def unflag(self, mailbox: str, uids: list[int], *flags: str) -> None:
        self._select(mailbox)
        self._ok(self.imap.uid("STORE", _set(uids), "-FLAGS", f"({' '.join(flags)})"))

    def expunge(self, mailbox: str, uids: list[int]) -> None:
        """Remove these messages for good."""
        self.flag(mailbox, uids, "\\Deleted")
        self._ok(self.imap.uid("EXPUNGE", _set(uids)))

    def create(self, mailbox: str) -> None:
        self._ok(self.imap.create(_quoted(mailbox)))

    def delete_mailbox(self, mailbox: str) -> None:
        self._leave()
        self._ok(self.imap.delete(_quoted(mailbox)))

    def rename(self, mailbox: str, to: str) -> None:
        self._leave()
        self._ok(self.imap.rename(_quoted(mailbox), _quoted(to)))

    def _leave(self) -> None:
        if self.imap.state == "SELECTED":
            self.imap.unselect()

    def _select(self, mailbox: str, *, readonly: bool = False) -> None:
        self._ok(self.imap.select(_quoted(mailbox), readonly))

    def _ok(self, answer: tuple[str, object]) -> None:
        kind, data = answer
        assert kind == "OK", data


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _set(uids: list[int]) -> str:
    return ",".join(str(uid) for uid in uids)
