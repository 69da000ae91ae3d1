"""A small scripted IMAP server with mailboxes, which a test can tell to misbehave.

It supports the commands that the engine uses, keeps mail in memory, and is its own second client
(`move`, `expunge`, `deliver`). Its switches:

- `alter` maps a command to a function. It gets the untagged parts of the answer and returns
  those to send.
- `refuse` maps (command, mailbox) to the words of a NO.
- `refuse_line` gets a whole command and returns `NO …` or `BAD …`, or nothing.
- `hangs_up` gets the verb and the mailbox that is named or open, and says whether to hang up.
- `copyuid` is `tagged`, `untagged` or `never`.
- With `copies_nothing`, COPY returns OK and does nothing.
- Without `fetches_nothing`, FETCH in an empty mailbox is BAD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Self

from models.store.clock import now_ms
from tests.support.servers.fake_imap import FakeConnection, FakeImap

CAPABILITIES = (
    "IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE ESEARCH SPECIAL-USE LIST-EXTENDED LIST-STATUS UNSELECT"
)
GMAIL = f"{CAPABILITIES} X-GM-EXT-1"
_ROLES = {"Sent": "\\Sent", "Archive": "\\Archive", "Trash": "\\Trash", "Junk": "\\Junk"}
_GMAIL_ROLES = {
    "[Gmail]/All Mail": "\\All",
    "[Gmail]/Trash": "\\Trash",
    "[Gmail]/Spam": "\\Junk",
    "[Gmail]/Sent Mail": "\\Sent",
}
_SET = re.compile(rb"[\d:,]+")
_FIELDS = re.compile(rb"HEADER\.FIELDS \(([^)]*)\)", re.IGNORECASE)
_NUMBERS = count(1)


@dataclass(slots=True)
class Mail:
    """A message in a mailbox."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    at: int = 0
    gm: int = 0


@dataclass(slots=True)
class Box:
    """A mailbox. A test may set `uidnext` and `uidvalidity` to anything."""

    uidvalidity: int
    attributes: str = ""
    uidnext: int = 1
    mails: list[Mail] = field(default_factory=list)
    modseq: int = 0

    def add(self, raw: bytes, *, flags: Iterable[str] = (), at: int = 0, gm: int = 0) -> Mail:
        mail = Mail(self.uidnext, raw, set(flags), at or now_ms() - 1000, gm or next(_NUMBERS))
        self.uidnext += 1
        self.mails.append(mail)
        return mail


Parts = list[bytes]


class Mailboxes:
    """The server, a context manager. Works as `server` and as `other` of an `Engine`."""

    def __init__(self, *, capabilities: str = CAPABILITIES, gmail: bool = False) -> None:
        self.is_gmail = gmail
        self.boxes: dict[str, Box] = {"INBOX": Box(7)}
        for name, use in (_GMAIL_ROLES if gmail else _ROLES).items():
            self.boxes[name] = Box(7, use)
        self.alter: dict[str, Callable[[Parts], Parts]] = {}
        self.refuse: dict[tuple[str, str], bytes] = {}
        self.refuse_line: Callable[[bytes], bytes] = lambda _: b""
        self.bye_at: set[str] = set()
        self.hangs_up: Callable[[str, str], bool] = lambda verb, name: False
        self.copyuid = "tagged"
        self.fetches_nothing = True
        self.copies_nothing = False
        self._open: dict[FakeConnection, str] = {}
        self.imap = FakeImap(capabilities=GMAIL if gmail else capabilities)
        for verb in ("LIST", "STATUS", "EXAMINE", "SELECT", "CREATE", "NOOP"):
            self.imap.answers[verb] = self._answer
        for verb in ("SEARCH", "FETCH", "STORE", "COPY", "MOVE", "EXPUNGE"):
            self.imap.answers[f"UID {verb}"] = self._answer

    def __enter__(self) -> Self:
        self.imap.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.imap.__exit__(*error)

    @property
    def port(self) -> int:
        return self.imap.port

    def other(self, user: str) -> Self:
        return self

    def close(self) -> None:
        """Close as `OtherClient` does."""

    # --- the second client -----------------------------------------------------------------

    def deliver(self, user: str, name: str, raws: bytes | Sequence[bytes], **how: int) -> None:
        box = self.boxes.setdefault(name, Box(next(_NUMBERS) + 100))
        for raw in [raws] if isinstance(raws, bytes) else raws:
            mail = box.add(raw, **how)  # type: ignore[arg-type]
            if self.is_gmail and name not in {"[Gmail]/All Mail", "[Gmail]/Trash"}:
                self.boxes["[Gmail]/All Mail"].add(raw, at=mail.at, gm=mail.gm)

    def uids(self, name: str) -> list[int]:
        return [mail.uid for mail in self.boxes[name].mails]

    def flags(self, name: str, uid: int) -> set[str]:
        return next(mail.flags for mail in self.boxes[name].mails if mail.uid == uid)

    def raw(self, name: str, uid: int) -> bytes:
        return next(mail.raw for mail in self.boxes[name].mails if mail.uid == uid)

    def copy(self, name: str, uids: Iterable[int], to: str) -> list[int]:
        wanted = set(uids)
        target = self.boxes[to]
        made = []
        for mail in [m for m in self.boxes[name].mails if m.uid in wanted]:
            same = next((m for m in target.mails if self.is_gmail and m.gm == mail.gm), None)
            made.append((same or target.add(mail.raw, at=mail.at, gm=mail.gm)).uid)
        return made

    def expunge(self, name: str, uids: Iterable[int]) -> None:
        wanted = set(uids)
        box = self.boxes[name]
        box.mails = [mail for mail in box.mails if mail.uid not in wanted]

    def move(self, name: str, uids: Iterable[int], to: str) -> list[int]:
        wanted = list(uids)
        made = self.copy(name, wanted, to)
        gm = {mail.gm for mail in self.boxes[name].mails if mail.uid in set(wanted)}
        if self.is_gmail and to == "[Gmail]/Trash":
            for box in [box for other, box in self.boxes.items() if other != to]:
                box.mails = [mail for mail in box.mails if mail.gm not in gm]
        elif not (self.is_gmail and name == "[Gmail]/All Mail"):
            self.expunge(name, wanted)
        return made

    # --- the server ----------------------------------------------------------------------------

    def _answer(self, connection: FakeConnection) -> None:
        words = connection.line.decode("utf-8", "replace").upper().split(" ")
        verb = " ".join(words[:2]) if words[0] == "UID" else words[0]
        if verb in self.bye_at:
            self.bye_at.discard(verb)
            connection.send(b"* BYE see you\r\n")
            raise ConnectionError
        is_about_open = verb in {"UID FETCH", "UID SEARCH", "UID STORE", "UID EXPUNGE"}
        about = self._open.get(connection, "") if is_about_open else _named(connection.line)
        if self.hangs_up(verb, about):
            raise ConnectionError
        if words_of_no := self.refuse_line(connection.line):
            connection.send(b"{tag} " + words_of_no + b"\r\n")
            return
        name = _named(connection.line)
        if verb == "UID FETCH" and not self.fetches_nothing and not self._here(connection).mails:
            connection.send(b"{tag} BAD The specified message set is invalid.\r\n")
            return
        if verb in {"EXAMINE", "SELECT"}:
            self._open.pop(
                connection, None
            )  # also if the command is refused (RFC 9051 section 6.3.2)
        for (refused, where), text in self.refuse.items():
            if refused == verb and where in {name, self._open.get(connection), "*"}:
                connection.send(b"{tag} NO " + text + b"\r\n")
                return
        method = getattr(self, "_" + verb.lower().replace(" ", "_"))
        try:
            parts, end = method(connection, connection.line, name)
        except KeyError:
            connection.send(b"{tag} NO [NONEXISTENT] no such mailbox\r\n")
            return
        parts = self.alter.get(verb, list)(parts)
        # In one piece: small pieces would wait for each other's acknowledgement, 40 ms each. A
        # literal may contain anything, even `{tag}`.
        told = b"".join(part + b"\r\n" for part in parts)
        connection.socket.sendall(told + connection.tag + b" OK " + end + b"done\r\n")

    def _list(self, _: FakeConnection, line: bytes, __: str) -> tuple[Parts, bytes]:
        parts = []
        for name, box in self.boxes.items():
            parts.append(f'* LIST ({box.attributes}) "/" "{name}"'.encode())
            if b"STATUS" in line and "\\Noselect" not in box.attributes:
                parts.append(self._numbers(name, line))
        return parts, b""

    def _status(self, _: FakeConnection, line: bytes, name: str) -> tuple[Parts, bytes]:
        return [self._numbers(name, line)], b""

    def _numbers(self, name: str, line: bytes) -> bytes:
        box = self.boxes[name]
        text = f"MESSAGES {len(box.mails)} UIDNEXT {box.uidnext} UIDVALIDITY {box.uidvalidity}"
        if b"HIGHESTMODSEQ" in line:
            text += f" HIGHESTMODSEQ {box.modseq}"
        return f'* STATUS "{name}" ({text})'.encode()

    def _examine(self, connection: FakeConnection, line: bytes, name: str) -> tuple[Parts, bytes]:
        self._open.pop(connection, None)
        box = self.boxes[name]
        self._open[connection] = name
        numbers = [("UIDVALIDITY", box.uidvalidity), ("UIDNEXT", box.uidnext)]
        numbers += [("HIGHESTMODSEQ", box.modseq)] if box.modseq else []
        parts = [f"* {len(box.mails)} EXISTS".encode()]
        parts += [f"* OK [{key} {value}] so".encode() for key, value in numbers]
        return parts, b"[READ-ONLY] " if line[:1] in b"Ee" else b"[READ-WRITE] "

    _select = _examine

    def _create(self, _: FakeConnection, __: bytes, name: str) -> tuple[Parts, bytes]:
        self.boxes[name] = Box(next(_NUMBERS) + 100)
        return [], b""

    def _noop(self, connection: FakeConnection, _: bytes, __: str) -> tuple[Parts, bytes]:
        return [], b""

    def _here(self, connection: FakeConnection) -> Box:
        return self.boxes[self._open[connection]]

    def _uid_search(self, connection: FakeConnection, line: bytes, _: str) -> tuple[Parts, bytes]:
        uids = [mail.uid for mail in self._here(connection).mails if _matches(mail, line)]
        if b"RETURN" not in line.upper():
            return [b" ".join([b"* SEARCH", *(b"%d" % uid for uid in uids)])], b""
        named = (b" ALL " + ",".join(map(str, uids)).encode()) if uids else b""
        return [b'* ESEARCH (TAG "x") UID COUNT %d' % len(uids) + named], b""

    def _uid_fetch(self, connection: FakeConnection, line: bytes, _: str) -> tuple[Parts, bytes]:
        box = self._here(connection)
        uids = _uids(line.split(b" ")[2], box)
        return [
            self._record(number, mail, line)
            for number, mail in enumerate(box.mails, 1)
            if mail.uid in uids
        ], b""

    def _record(self, number: int, mail: Mail, line: bytes) -> bytes:
        asked = line.upper()
        items = [b"UID %d" % mail.uid]
        if b"FLAGS" in asked:
            items.append(f"FLAGS ({' '.join(sorted(mail.flags))})".encode())
        if b"INTERNALDATE" in asked:
            moment = datetime.fromtimestamp(mail.at / 1000, UTC)
            items.append(f'INTERNALDATE "{moment:%d-%b-%Y %H:%M:%S} +0000"'.encode())
        if b"RFC822.SIZE" in asked:
            items.append(b"RFC822.SIZE %d" % len(mail.raw))
        if b"X-GM-MSGID" in asked:
            items.append(b"X-GM-MSGID %d" % mail.gm)
        if found := _FIELDS.search(line):
            text = _header(mail.raw, found.group(1))
            items.append(b"BODY[%s] {%d}\r\n%s" % (found.group(0), len(text), text))
        elif b"BODY.PEEK[]" in asked:
            items.append(b"BODY[] {%d}\r\n%s" % (len(mail.raw), mail.raw))
        return b"* %d FETCH (%s)" % (number, b" ".join(items))

    def _uid_store(self, connection: FakeConnection, line: bytes, _: str) -> tuple[Parts, bytes]:
        box, words = self._here(connection), line.split(b" ", 4)
        flags = {flag.decode() for flag in words[4].strip(b"()").split()}
        for mail in box.mails:
            if mail.uid in _uids(words[2], box):
                mail.flags = mail.flags | flags if words[3][:1] == b"+" else mail.flags - flags
        return [], b""

    def _uid_copy(self, connection: FakeConnection, line: bytes, name: str) -> tuple[Parts, bytes]:
        return self._transfer(connection, line, name, self.copy)

    def _uid_move(self, connection: FakeConnection, line: bytes, name: str) -> tuple[Parts, bytes]:
        return self._transfer(connection, line, name, self.move)

    def _transfer(
        self,
        connection: FakeConnection,
        line: bytes,
        name: str,
        act: Callable[[str, Iterable[int], str], list[int]],
    ) -> tuple[Parts, bytes]:
        here = self._here(connection)
        if self.copies_nothing:
            return [], b""
        uids = sorted(_uids(line.split(b" ")[2], here) & {mail.uid for mail in here.mails})
        made = act(self._open[connection], uids, name)
        if self.is_gmail and name == "[Gmail]/All Mail":
            return [], b""
        old, new = ",".join(map(str, uids)), ",".join(map(str, made))
        code = f"[COPYUID {self.boxes[name].uidvalidity} {old} {new}] ".encode() if uids else b""
        if self.copyuid == "untagged" and uids:
            return [b"* OK " + code + b"moved"], b""
        return [], code if self.copyuid == "tagged" else b""

    def _uid_expunge(self, connection: FakeConnection, line: bytes, _: str) -> tuple[Parts, bytes]:
        box = self._here(connection)
        wanted = _uids(line.split(b" ")[2], box)
        self.expunge(
            self._open[connection],
            [m.uid for m in box.mails if m.uid in wanted and "\\Deleted" in m.flags],
        )
        return [], b""


def _named(line: bytes) -> str:
    """The mailbox that a command names."""
    found = re.findall(rb'"((?:[^"\\]|\\.)*)"', line)
    if found:
        return str(found[-1].decode())
    words = line.split(b" ")
    return words[1].decode() if len(words) > 1 else ""


def _uids(text: bytes, box: Box) -> set[int]:
    found: set[int] = set()
    for part in text.split(b","):
        low, _, high = part.partition(b":")
        found |= {m.uid for m in box.mails if int(low) <= m.uid <= int(high or low)}
    return found


def _matches(mail: Mail, line: bytes) -> bool:
    if found := re.search(rb" UID (\d+):(\d+)", line):
        return int(found.group(1)) <= mail.uid <= int(found.group(2))
    if found := re.search(rb" SINCE (\S+)", line):
        day = datetime.strptime(found.group(1).decode(), "%d-%b-%Y").replace(tzinfo=UTC)
        return mail.at >= day.timestamp() * 1000
    if found := re.search(rb'MESSAGE-ID "([^"]*)"', line):
        return found.group(1) in _header(mail.raw, b"MESSAGE-ID")
    if found := re.search(rb"X-GM-MSGID (\d+)", line):
        return mail.gm == int(found.group(1))
    return True


def _header(raw: bytes, names: bytes) -> bytes:
    head = raw.partition(b"\r\n\r\n")[0]
    wanted = {name.lower() for name in names.split()}
    lines = re.findall(rb"[^\r\n]+(?:\r\n[ \t][^\r\n]*)*", head)
    kept = [line for line in lines if line.partition(b":")[0].strip().lower() in wanted]
    return b"\r\n".join([*kept, b"", b""])
