#!/usr/bin/env python3
"""Set Dealpost up and run it: `python3 dev.py demo`, `run`, `test`, `check` or `bench`.

Needs nothing but Python 3.11. What is missing of Debian's packages is installed (said first, as
root or with sudo) or named; Python packages go into .venv, exactly as in requirements.lock.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "dealpost-lock"
IS_WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")
OLDEST = (3, 11)

# "a|b": the same library, whose package has another name on a newer Debian or Ubuntu.
QT_PACKAGES = (
    # QtCore, QtGui and QtWidgets load these.
    "libgl1", "libegl1", "libglib2.0-0t64|libglib2.0-0", "libfontconfig1", "libxkbcommon0",
    "libdbus-1-3", "libgssapi-krb5-2",
    # A window under X11; Wayland needs no more than the above.
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0",
    # QtWebEngine, which shows HTML mail.
    "libnss3", "libasound2t64|libasound2", "libxcomposite1", "libxdamage1", "libxrandr2",
    "libxtst6", "libxkbfile1", "libxfixes3",
)  # fmt: skip
FONT_PACKAGES = (
    # The sample mail is also in Japanese and Arabic, and people write emoji.
    "fonts-droid-fallback|fonts-noto-cjk", "fonts-dejavu-core", "fonts-noto-color-emoji",
)  # fmt: skip
TEST_PACKAGES = (
    "dovecot-imapd",  # the real server of the tests
    "iproute2",  # a network of its own for the proof that nothing is sent before consent
)
CHECKS = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
    ("vulture",),
)


class SetUpError(Exception):
    """The set-up cannot go on; the text says what the user can do."""


def say(text: str) -> None:
    """One line for the user, at once also in a log file."""
    print(text, flush=True)


# ------------------------------------------------------------------------- the system's packages


@dataclass
class Missing:
    """Debian packages that are not installed.

    Attributes:
        names: As written above, with alternatives.
        is_debian: Whether dpkg is here to ask; if not, `names` is all of them.
    """

    names: list[str] = field(default_factory=list)
    is_debian: bool = True


def find_missing(wanted: Sequence[str]) -> Missing:
    """Which packages are missing, by asking dpkg once."""
    query = shutil.which("dpkg-query")
    if query is None:
        return Missing(list(wanted), is_debian=False)
    names = [name for alternatives in wanted for name in alternatives.split("|")]
    command = [query, "--show", "--showformat", "${db:Status-Status} ${Package}\n", *names]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    installed = {
        line.partition(" ")[2]
        for line in answer.stdout.splitlines()
        if line.startswith("installed ")
    }
    return Missing([name for name in wanted if not installed.intersection(name.split("|"))])


def needs_venv_package() -> bool:
    """Whether this Python cannot make an environment with pip: Debian ships that apart."""
    return importlib.util.find_spec("ensurepip") is None


def install_packages(wanted: Sequence[str]) -> None:
    """Have every package installed, or raise SetUpError with the command for it."""
    if not sys.platform.startswith("linux"):
        return  # the wheels bring what macOS and Windows need
    if needs_venv_package():
        wanted = ["python3-venv", *wanted]
    missing = find_missing(wanted)
    if not missing.is_debian:
        say_other_system(missing.names)
        return
    if not missing.names:
        return
    become_root = root_prefix()
    names = [first_known(name.split("|")) for name in missing.names]
    if become_root is None:
        raise SetUpError(
            "These packages are missing, and neither root nor sudo is at hand. Please run:\n"
            f"    apt-get update && apt-get install --no-install-recommends {' '.join(names)}\n"
            "as root, and then this command again."
        )
    say(f"Installing Debian packages: {' '.join(names)}")
    apt = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    run_quietly([*apt, "update"], "apt-get update failed")
    keep_server_off(become_root, names)
    names = [first_known(name.split("|")) for name in missing.names]
    run_quietly([*apt, "install", "--no-install-recommends", *names], "apt-get install failed")


def root_prefix() -> list[str] | None:
    """What to write before a command that needs root; None if there is no way.

    sudo may ask for the password only where somebody can type it.
    """
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    quiet = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False)
    if quiet.returncode == 0:
        return [sudo, "-n"]
    return [sudo] if sys.stdin is not None and sys.stdin.isatty() else None


def first_known(alternatives: Sequence[str]) -> str:
    """The first of these names that apt can install; a virtual package counts as unknown."""
    for name in alternatives[:-1]:
        command = ["apt-cache", "show", "--no-all-versions", name]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return name
    return alternatives[-1]


def keep_server_off(become_root: Sequence[str], names: Sequence[str]) -> None:
    """Dovecot is for the tests, which start it themselves: no mail server for this computer."""
    if "dovecot-imapd" not in names or not Path("/run/systemd/system").is_dir():
        return
    say("Dovecot's system service stays off (systemctl mask); the tests start their own.")
    units = ["dovecot.service", "dovecot.socket"]
    subprocess.run([*become_root, "systemctl", "mask", *units], capture_output=True, check=False)


def say_other_system(names: Sequence[str]) -> None:
    """On Linux without dpkg: what is needed, in Debian's words."""
    if STAMP.exists():
        return
    say("This is not Debian or Ubuntu. If something is missing below, install what your system")
    say(f"calls: {' '.join(name.split('|')[-1] for name in names)}")


def run_quietly(command: Sequence[str], failure: str) -> None:
    """Run without input; show its output only if it fails."""
    answer = subprocess.run(
        command,
        stdin=None if command[0].endswith("sudo") else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise SetUpError(f"{answer.stdout}\n{failure} (exit code {answer.returncode}).")


# --------------------------------------------------------------------------- the Python packages


def make_environment() -> None:
    """Have .venv as the lock says; quick when it is.

    A new PySide6 gets a new .venv: an upgrade in place across 6.12 loses WebEngine's files.
    """
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if is_usable() and STAMP.exists() and STAMP.read_text("utf-8") == digest:
        return
    if not is_usable() or installed_qt() not in {"", locked_qt()}:
        say(f"Making {VENV.name} with Python {sys.version.split()[0]}")
        venv.EnvBuilder(clear=True, symlinks=not IS_WINDOWS, with_pip=True).create(VENV)
    say("Installing the Python packages of requirements.lock (about 700 MB unpacked)")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    options = ["--quiet", "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    run_quietly([*pip, *options, "--requirement", str(LOCK)], "pip failed")
    STAMP.write_text(digest, "utf-8")


def is_usable() -> bool:
    """Whether .venv has a Python that starts and is new enough."""
    if not PYTHON.exists():
        return False
    test = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    command = [str(PYTHON), "-c", test]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def locked_qt() -> str:
    """The version of PySide6 in the lock."""
    found = re.search(r"^pyside6==(\S+)", LOCK.read_text("utf-8"), re.MULTILINE)
    return found.group(1) if found else ""


def installed_qt() -> str:
    """The version of PySide6 in .venv, or ''."""
    for folder in VENV.glob("[Ll]ib*/**/[Pp]y[Ss]ide6-*.dist-info"):
        return folder.name.split("-")[1].removesuffix(".dist")
    return ""


def check_qt() -> None:
    """Whether Qt loads, before a program fails with less to say."""
    test = "import PySide6.QtWidgets, PySide6.QtWebEngineCore"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    answer = subprocess.run(
        [str(PYTHON), "-c", test], capture_output=True, text=True, check=False, env=environment
    )
    if answer.returncode:
        reason = (answer.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise SetUpError(f"Qt does not load: {reason}")


def set_up(packages: Sequence[str]) -> None:
    """Everything that a command needs before it starts."""
    was_ready = STAMP.exists()
    install_packages(packages)
    make_environment()
    if not was_ready:
        check_qt()


# ------------------------------------------------------------------------------------- commands


def call(*command: str, **variables: str) -> int:
    """Run in .venv from the checkout; its exit code. Ctrl+C is the program's own business."""
    environment = {**os.environ, **variables}
    with subprocess.Popen([str(PYTHON), *command], cwd=ROOT, env=environment) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def demo(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Open Dealpost on a sample mailbox; everything is gone when it closes."""
    is_drawn = any(argument.startswith("--screenshot") for argument in rest)
    if not is_drawn and not has_screen():
        raise SetUpError(
            "No screen here (DISPLAY and WAYLAND_DISPLAY are empty). To see the window anyway:\n"
            "    python3 dev.py demo --screenshot dealpost.png"
        )
    set_up([*QT_PACKAGES, *FONT_PACKAGES])
    return call("-m", "resources.demo", *rest, **without_sandbox(is_drawn))


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Open Dealpost on the user's own profile."""
    set_up(QT_PACKAGES)
    return call("app.py", *rest)


def test(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run the tests, without a screen. More arguments go to pytest."""
    set_up([*QT_PACKAGES, *FONT_PACKAGES, *TEST_PACKAGES])
    return call("-m", "pytest", *pytest_options(rest), *rest, **without_sandbox(True))


def pytest_options(rest: Sequence[str]) -> list[str]:
    """A worker more than there are cores, since flows wait for servers a third of their time; and
    the slowest cases at the end. The caller may say otherwise.
    """
    has_workers = any(item.startswith(("-n", "--numprocesses")) for item in rest)
    has_durations = any(item.startswith("--durations") for item in rest)
    workers = [] if has_workers else ["-n", str(cores() + 1)]
    return workers if has_durations else [*workers, "--durations=25"]


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Format, lint, types, layers, dead code; all of them, also after one failed."""
    set_up(QT_PACKAGES)
    failed = []
    for tool, *options in CHECKS:
        say(f"--- {tool} {' '.join(options)}".rstrip())
        program = PYTHON.with_name(f"{tool}.exe" if IS_WINDOWS else tool)
        if subprocess.run([str(program), *options], cwd=ROOT, check=False).returncode:
            failed.append(tool)
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return bool(failed)


def bench(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Measure what the design promises. Names of rows choose; `--list` names them."""
    set_up([*QT_PACKAGES, *TEST_PACKAGES])
    return call("-m", "tests.bench", *rest, **without_sandbox(True))


def has_screen() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def without_sandbox(is_offscreen: bool) -> dict[str, str]:
    """The environment of a run without a screen. Chromium's sandbox refuses to run as root."""
    variables = {"QT_QPA_PLATFORM": "offscreen"} if is_offscreen else {}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        variables["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return variables


COMMANDS = {"demo": demo, "run": run, "test": test, "check": check, "bench": bench}


def main(words: Sequence[str]) -> int:
    """The program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, function in COMMANDS.items():
        commands.add_parser(name, help=(function.__doc__ or "").partition("\n")[0], add_help=False)
    if sys.version_info < OLDEST:
        say(f"Dealpost needs Python {'.'.join(map(str, OLDEST))} or newer.")
        return 2
    arguments, rest = parser.parse_known_args(words[:1])
    try:
        return COMMANDS[arguments.command](arguments, [*rest, *words[1:]])
    except SetUpError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
