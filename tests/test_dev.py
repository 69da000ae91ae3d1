"""dev.py: what it finds missing, what it says, and when it does nothing."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py as a module, its .venv in a folder of the test."""
    spec = importlib.util.spec_from_file_location("dev_of_this_test", ROOT / "dev.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "stamp")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    return module


def program(folder: Path, name: str, script: str) -> None:
    """A program of this name, for a PATH of the test's own."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with only what the test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "platform", "linux")
    return folder


def test_either_name_of_a_library_counts(dev: ModuleType, path: Path) -> None:
    program(path, "dpkg-query", "echo installed libasound2; echo installed libgl1; exit 1")
    missing = dev.find_missing(["libasound2t64|libasound2", "libgl1", "libnss3"])
    assert missing.is_debian
    assert missing.names == ["libnss3"]


def test_removed_packages_with_settings_left_are_missing(dev: ModuleType, path: Path) -> None:
    program(path, "dpkg-query", "echo config-files libgl1; echo not-installed libnss3")
    assert dev.find_missing(["libgl1", "libnss3"]).names == ["libgl1", "libnss3"]


def test_nothing_is_installed_when_nothing_is_missing(dev: ModuleType, path: Path) -> None:
    program(path, "dpkg-query", "echo installed libgl1; echo installed python3-venv")
    program(path, "apt-get", f"echo called >> {path}/apt")
    dev.install_packages(["libgl1"])
    assert not (path / "apt").exists()


def test_apt_is_updated_first_and_never_asks(
    dev: ModuleType, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(path, "dpkg-query", "echo installed python3-venv")
    program(path, "env", 'export "$1"; shift; exec "$@"')
    program(path, "apt-get", f'echo "$DEBIAN_FRONTEND $@" >> {path}/apt')
    program(path, "apt-cache", '[ "$3" = libasound2t64 ]')
    dev.install_packages(["libgl1", "libasound2t64|libasound2"])
    assert (path / "apt").read_text().splitlines() == [
        "noninteractive -q -y update",
        "noninteractive -q -y install --no-install-recommends libgl1 libasound2t64",
    ]
    assert "Installing Debian packages: libgl1 libasound2t64" in capsys.readouterr().out


def test_without_root_and_sudo_the_command_is_named(
    dev: ModuleType, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(path, "dpkg-query", "echo installed python3-venv")
    program(path, "apt-cache", "exit 100")
    with pytest.raises(dev.SetUpError, match=r"apt-get install --no-install-recommends libgl1 ?\n"):
        dev.install_packages(["libgl1"])


def test_sudo_that_would_ask_where_nobody_types_is_no_way(
    dev: ModuleType, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "stdin", None)
    program(path, "sudo", "exit 1")
    assert dev.root_prefix() is None
    program(path, "sudo", "exit 0")
    assert dev.root_prefix() == [str(path / "sudo"), "-n"]


def test_other_systems_hear_what_is_needed(
    dev: ModuleType, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.install_packages(["libgl1", "libasound2t64|libasound2"])
    assert "libgl1 libasound2" in capsys.readouterr().out


def test_failing_apt_says_why(dev: ModuleType, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(path, "dpkg-query", "echo installed python3-venv")
    program(path, "apt-cache", "exit 100")
    program(path, "env", "echo E: no network; exit 100")
    with pytest.raises(dev.SetUpError, match=r"no network[\s\S]*apt-get update failed"):
        dev.install_packages(["libgl1"])


def test_a_ready_environment_is_left_alone(dev: ModuleType, tmp_path: Path) -> None:
    dev.VENV.mkdir()
    program(dev.PYTHON.parent, "python", "exit 0")
    dev.STAMP.write_text(dev.hashlib.sha256(dev.LOCK.read_bytes()).hexdigest())
    before = sorted(tmp_path.rglob("*"))
    began = time.monotonic()
    dev.make_environment()
    assert sorted(tmp_path.rglob("*")) == before
    assert time.monotonic() - began < 10


def test_a_broken_environment_is_not_usable(dev: ModuleType) -> None:
    assert not dev.is_usable()
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.symlink_to(dev.VENV / "gone")
    assert not dev.is_usable()


def test_the_installed_qt_is_known_by_its_metadata(dev: ModuleType) -> None:
    assert dev.installed_qt() == ""
    (dev.VENV / "lib/python3.11/site-packages/pyside6-6.10.3.dist-info").mkdir(parents=True)
    assert dev.installed_qt() == "6.10.3"
    assert re.fullmatch(r"6\.11\.\d+", dev.locked_qt())


def test_demo_without_a_screen_names_the_way_out() -> None:
    environment = {**os.environ, "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    command = [sys.executable, str(ROOT / "dev.py"), "demo"]
    answer = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert answer.returncode == 2
    assert "dev.py demo --screenshot" in answer.stdout


@pytest.mark.parametrize("command", ["demo", "run", "test", "check", "bench"])
def test_help_names_every_command(command: str) -> None:
    answer = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "--help"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert re.search(rf"^ +{command} +\w", answer.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ([], ["-n", "5", "--durations=25"]),
        (["tests/flows", "-k", "archive"], ["-n", "5", "--durations=25"]),
        (["-n", "3"], ["--durations=25"]),
        (["-n0"], ["--durations=25"]),
        (["--numprocesses=3"], ["--durations=25"]),
        (["--durations=5"], ["-n", "5"]),
        (["-n", "1", "--durations", "0"], []),
    ],
)
def test_the_tests_use_every_core_unless_told_otherwise(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, given: list[str], added: list[str]
) -> None:
    called: list[str] = []
    monkeypatch.setattr(dev, "cores", lambda: 4)
    monkeypatch.setattr(dev, "set_up", lambda packages: None)
    monkeypatch.setattr(dev, "call", lambda *command, **variables: called.extend(command))
    dev.test(None, given)
    assert called == ["-m", "pytest", *added, *given]


def test_dev_needs_only_the_standard_library() -> None:
    text = (ROOT / "dev.py").read_text()
    names = re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)
    assert set(names) <= sys.stdlib_module_names


def test_the_lock_has_every_dependency_and_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([\w-]+)==", lock, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[><=;\[]", name)[0].lower() for name in wanted}
    assert names <= locked
    assert "://" not in lock
    assert lock.count("--hash=") > len(locked)
