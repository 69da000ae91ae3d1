"""A private Dovecot with its own folder and ports. It accepts any password and logs commands.

Three kinds of user are exceptions: `fixed-…` needs the password `secret`, `own-…` the one given
by `set_password`, and `refused-…` can never sign in.
"""

from __future__ import annotations

import contextlib
import getpass
import grp
import hashlib
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedRWPair
from pathlib import Path

from tests.support import scratch
from tests.support.certificates import Certificate, make_certificate
from tests.support.other_client import OtherClient
from tests.support.ports import free_port, wait_until_closed
from tests.support.servers import dovecot_config

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
FIXED_PASSWORD = "secret"
READY_SECONDS = 30.0
_BATCH = 200

# Of util-linux: the kernel sends the signal when the thread that started the server ends.
_SETPRIV = shutil.which("setpriv")
_ENDS_WITH_US = (_SETPRIV, "--pdeathsig", "KILL") if _SETPRIV else ()
_SPECIAL = ("Sent", "Archive", "Trash", "Drafts", "Junk")
_STAMP = re.compile(rb"^\d+\.\d+ ", re.MULTILINE)
_COMMAND = re.compile(rb"\S+ (UID [A-Z]+|[A-Z]+)(?: (.*))?$", re.IGNORECASE)
_LITERAL = re.compile(rb"\{(\d+)\+?\}$")


class Dovecot:
    """One server. `start()` takes about 0.3 s; `stop()` ends only what it started."""

    def __init__(
        self,
        *,
        mail_format: str = "sdbox",
        special_use: bool = True,
        capability: str = "",
        special: Sequence[str] = _SPECIAL,
        forbids: bool = False,
        introspect_url: str = "",
        quota: str = "",
    ) -> None:
        self.introspect_url = introspect_url  # users may also sign in with tokens that it knows
        self.special = special
        self.quota = quota  # a rule such as `*:storage=100K`
        self.forbids = forbids  # whether `forbid` can be used
        self.mail_format = mail_format
        self.special_use = special_use
        self.capability = capability
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir=scratch.folder_for_all()))
        self.host = "localhost"
        self.port = 0
        self.tls_port = 0
        self.certificate: Certificate = make_certificate(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._users = 0

    # --- its life ------------------------------------------------------------------------

    def start(self) -> Dovecot:
        self._make_folders()
        for attempt in range(3):
            self.port, self.tls_port = free_port(), free_port()
            config = self.folder / "dovecot.conf"
            config.write_text(self._config())
            self._launch()
            try:
                self._wait_until_ready()
            except OSError:
                self._end_process()
                if attempt == 2:
                    raise RuntimeError(self.log()) from None
            else:
                return self
        raise AssertionError

    def stop(self) -> None:
        """Kill the server and remove its mail. A clean stop would cost a second for nothing."""
        process, self._process = self._process, None
        if process is not None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """Restart with the same mail and the same ports."""
        self._end_process()
        self._launch()
        self._wait_until_ready()

    def show_certificate(self, made: Certificate) -> None:
        """Show this certificate to every new connection. Open connections stay."""
        shutil.copy(made.cert_file, self.certificate.cert_file)
        shutil.copy(made.key_file, self.certificate.key_file)
        self.certificate = replace(self.certificate, fingerprint=made.fingerprint)
        self.restart()

    def _launch(self) -> None:
        """Start a server that ends when this process ends, even by a kill."""
        with (self.folder / "errors").open("ab") as errors:
            self._process = subprocess.Popen(
                [*_ENDS_WITH_US, PROGRAM, "-F", "-c", str(self.folder / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                process_group=0,
            )

    def _wait_until_ready(self) -> None:
        """Wait until both ports greet, and the TLS port shows the current certificate.

        A connection alone proves nothing: the kernel accepts it before the server is ready.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                _greeting(self.port)
                shown = _greeting(self.tls_port, context)
                if hashlib.sha256(shown).hexdigest() == self._fingerprint():
                    return
                raise ConnectionError("the certificate of before")
            except OSError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(
                0.01
            )  # a short wait between two looks at another process, until the deadline

    def _fingerprint(self) -> str:
        return self.certificate.fingerprint.replace(":", "").lower()

    def log(self) -> str:
        texts = [self.folder / "dovecot.log", self.folder / "errors"]
        return "\n".join(t.read_text(errors="replace") for t in texts if t.exists())

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # Its children close the ports a moment later. Until then they would accept connections
        # and drop them.
        for port in (self.port, self.tls_port):
            wait_until_closed(port)

    def _make_folders(self) -> None:
        self.folder.chmod(0o755)
        (self.folder / "passwords").touch()
        (self.folder / "acls").touch(0o644)
        if self.introspect_url:
            (self.folder / "oauth2").write_text(
                f"introspection_url = {self.introspect_url}\nintrospection_mode = post\n"
                "username_attribute = email\nactive_attribute = active\nactive_value = true\n"
            )
        (self.folder / "refused").write_text("".join(f"refused-{n}:\n" for n in range(100)))
        for name in ("home", "commands", "run"):
            (self.folder / name).mkdir(exist_ok=True)
        if os.geteuid() == 0:
            uid, gid = _mail_owner()
            for name in ("home", "commands"):
                os.chown(self.folder / name, uid, gid)

    def _config(self) -> str:
        is_root = os.geteuid() == 0
        me = getpass.getuser()
        uid, gid = _mail_owner()
        group = "dovecot" if is_root else _group_name(gid)
        return dovecot_config.CONFIG.format(
            folder=self.folder,
            cert=self.certificate.cert_file,
            key=self.certificate.key_file,
            mail_format=self.mail_format,
            internal_user="dovecot" if is_root else me,
            login_user="dovenull" if is_root else me,
            internal_group=group,
            acl=self._plugins(),
            capability=f"imap_capability = {self.capability}" if self.capability else "",
            token_mechanisms=" xoauth2 oauthbearer" if self.introspect_url else "",
            tokens=dovecot_config.TOKENS.format(folder=self.folder) if self.introspect_url else "",
            port=self.port,
            tls_port=self.tls_port,
            fixed=FIXED_PASSWORD,
            uid=uid,
            gid=gid,
            mailboxes="\n".join(self._mailbox(name) for name in self.special),
        )

    def _plugins(self) -> str:
        if self.quota:
            return dovecot_config.QUOTA.format(rule=self.quota)
        return dovecot_config.ACL.format(folder=self.folder) if self.forbids else ""

    def _mailbox(self, name: str) -> str:
        use = f"    special_use = \\{name}\n" if self.special_use else ""
        return f"  mailbox {name} {{\n    auto = subscribe\n{use}  }}"

    # --- users and their mail ------------------------------------------------------------

    def new_user(self, prefix: str = "user") -> str:
        """A new user. The server logs every command of it."""
        self._users += 1
        user = f"{prefix}-{os.getpid()}-{self._users}"
        self.watch(user)
        return user

    def forbid(self, *mailboxes: str) -> None:
        """Make these mailboxes read-only, and all others writable again."""
        assert self.forbids, "the server was not made for this"
        (self.folder / "acls").write_text("".join(f"{name} owner lrsw\n" for name in mailboxes))

    def set_password(self, user: str, password: str) -> None:
        """Set the password of a user named `own-…`. Open sessions stay until a restart."""
        file = self.folder / "passwords"
        lines = [line for line in file.read_text().splitlines() if not line.startswith(f"{user}:")]
        file.write_text("\n".join([*lines, f"{user}:{password}", ""]))
        file.chmod(0o644)

    def watch(self, user: str) -> None:
        """Log the commands of this user."""
        folder = self.folder / "commands" / user
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, *_mail_owner())

    def commands(self, user: str) -> list[str]:
        """The commands the server got from this user, such as `UID MOVE 3 Archive`, by session.

        Sessions of `OtherClient` and `deliver` are left out. They sign in as the same user, so they
        send `X-OTHER` in their ID, which tells them apart.
        """
        found: list[str] = []
        for file in sorted((self.folder / "commands" / user).glob("*.in")):
            data = _STAMP.sub(b"", file.read_bytes())
            if b"x-other" in data[:400]:
                continue
            found.extend(_commands_in(data))
        return found

    def deliver(
        self,
        user: str,
        mailbox: str,
        raws: bytes | Iterable[bytes],
        *,
        received_at: int | Sequence[int] | None = None,
        flags: Sequence[str] = (),
    ) -> None:
        """Put mail into a mailbox, 6,000 in a few seconds. Makes the mailbox if it is missing."""
        mails = [raws] if isinstance(raws, bytes) else list(raws)
        with self.raw_connection(user) as stream:
            if mailbox.upper() != "INBOX":
                _ask(stream, f'm CREATE "{mailbox}"', must=False)
            for start in range(0, len(mails), _BATCH):
                batch = mails[start : start + _BATCH]
                command = [f'a APPEND "{mailbox}"'.encode()]
                for position, raw in enumerate(batch, start):
                    command.append(_appended(raw, flags, _moment(received_at, position)))
                stream.write(b"".join(command) + b"\r\n")
                stream.flush()
                _read_until(stream, b"a ")

    @contextlib.contextmanager
    def raw_connection(self, user: str) -> Iterator[BufferedRWPair]:
        """A signed-in socket file, to speak IMAP by hand."""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=60) as sock,
            sock.makefile("rwb") as stream,
        ):
            stream.readline()
            _ask(stream, f'l LOGIN "{user}" "{FIXED_PASSWORD}"')
            _ask(stream, 'i ID ("x-other" "1")')
            yield stream

    def other(self, user: str) -> OtherClient:
        """A second client of this user."""
        return OtherClient(self.port, user, FIXED_PASSWORD)


def _greeting(port: int, context: ssl.SSLContext | None = None) -> bytes:
    """Wait for the server's greeting. Returns the certificate that it shows under TLS."""
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=15))
        shown = b""
        if context is not None:
            secured = stack.enter_context(context.wrap_socket(sock))
            shown, sock = secured.getpeercert(binary_form=True) or b"", secured
        if not sock.recv(1):
            raise ConnectionResetError
        return shown


def _commands_in(data: bytes) -> list[str]:
    """The commands of a session, without literals and the lines of a SASL exchange."""
    found: list[str] = []
    position = 0
    while position < len(data):
        end = data.find(b"\n", position)
        line = data[position : end if end >= 0 else len(data)].rstrip(b"\r")
        position += len(line) + 2 if end >= 0 else len(data)
        if match := _COMMAND.match(line):
            found.append(
                b" ".join(part for part in match.groups() if part).decode("utf-8", "replace")
            )
        if literal := _LITERAL.search(line):
            # A command may go on after its literal, but no test looks for that rest.
            position += int(literal.group(1))
            position = max(position, data.find(b"\n", position) + 1)
    return found


def _ask(stream: BufferedRWPair, command: str, *, must: bool = True) -> bytes:
    stream.write(command.encode() + b"\r\n")
    stream.flush()
    return _read_until(stream, command.partition(" ")[0].encode() + b" ", must=must)


def _read_until(stream: BufferedRWPair, tag: bytes, *, must: bool = True) -> bytes:
    while line := stream.readline():
        if line.startswith(tag):
            if must and not line.startswith(tag + b"OK"):
                raise AssertionError(line)
            return bytes(line)
    raise AssertionError("the server hung up")


def _moment(received_at: int | Sequence[int] | None, position: int) -> int | None:
    if received_at is None or isinstance(received_at, int):
        return received_at
    return received_at[position]


def _appended(raw: bytes, flags: Sequence[str], moment: int | None) -> bytes:
    data = re.sub(rb"\r?\n", b"\r\n", raw)
    parts = [f" ({' '.join(flags)})".encode()]
    if moment is not None:
        text = datetime.fromtimestamp(moment / 1000, UTC).strftime("%d-%b-%Y %H:%M:%S +0000")
        parts.append(f' "{text}"'.encode())
    return b"".join([*parts, b" {%d+}\r\n" % len(data), data])


def _mail_owner() -> tuple[int, int]:
    """Mail never belongs to root: Dovecot refuses that."""
    if os.geteuid() == 0:
        entry = pwd.getpwnam("nobody")
        return entry.pw_uid, entry.pw_gid
    return os.getuid(), os.getgid()


def _group_name(gid: int) -> str:
    return grp.getgrgid(gid).gr_name
