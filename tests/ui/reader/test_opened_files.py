"""File names of strangers, and copies that go with their mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.reader.opened_files import OpenedFiles, free_path, is_dangerous, safe_name


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("C:\\Windows\\x.exe", "C__Windows_x.exe"),
        ("a\nb\x00c.txt", "a b_c.txt"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("CON.txt", "_CON.txt"),
        (".bashrc", "bashrc"),
        ("trailing. ", "trailing"),
        ("", "attachment"),
        ("...", "attachment"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("ä" * 10 + ".pdf", "ä" * 10 + ".pdf"),
    ],
)
def test_safe_names(given: str, safe: str) -> None:
    assert safe_name(given) == safe


@pytest.mark.parametrize(
    "name", ["a.exe", "A.EXE", "a.pdf.js", "a.docm", "a.lnk", "a.exe. ", "a.\u202eexe"]
)
def test_what_can_run_is_dangerous(name: str) -> None:
    assert is_dangerous(name, "application/pdf")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.jpg", "exe", "a.txt"])
def test_what_cannot_is_not(name: str) -> None:
    assert not is_dangerous(name, "application/octet-stream")


def test_copies_lie_in_the_folder_of_their_mail_and_go_at_quit(tmp_path: Path) -> None:
    files = OpenedFiles(tmp_path)
    path, other = files.path(7, 1, "../offer.pdf"), files.path(8, 2, "b.pdf")
    assert path == tmp_path / "opened" / "7" / "1" / "_offer.pdf"
    for each in (path, other):
        each.parent.mkdir(parents=True)
        each.touch()
    files.remove_all()
    assert not (tmp_path / "opened").exists()


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").touch()
    assert free_path(tmp_path, "a.pdf").name == "a (2).pdf"
