"""What a user or an organization writes into oauth.json, and what is said of a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.oauth.configuration import OAuthSettings, load, read

WHOLE = {
    "name": "Acme",
    "authorize_url": "https://id.acme.example/authorize",
    "token_url": "https://id.acme.example/token",
    "scopes": ["mail"],
    "client_id": "client-7",
    "client_secret": "hush-hush",
    "domains": ["Acme.example"],
}


def write(path: Path, providers: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"providers": providers}))
    return path


def said(tmp_path: Path, entry: dict[str, Any]) -> str:
    settings = read([write(tmp_path / "oauth.json", {"acme": entry})])
    assert len(settings.faults) == 1
    assert "acme" not in settings.providers
    return settings.faults[0]


def test_the_shipped_providers_have_no_client_id(profile: Path) -> None:
    settings = load(profile)

    assert {"google", "microsoft", "yahoo"} <= settings.providers.keys()
    assert not settings.is_any_set_up
    assert settings.faults == ()


def test_the_profile_wins_over_the_person_and_the_person_over_the_organization(
    tmp_path: Path, profile: Path
) -> None:
    for folder, number in (("organization", "1"), ("person", "2")):
        entry = {"client_id": f"id-{number}", "client_secret": "of-both"}
        write(tmp_path / folder / "dealpost" / "oauth.json", {"google": entry})
    assert load(profile).providers["google"].client_id == "id-2"

    write(profile / "oauth.json", {"google": {"client_id": "id-3"}})
    google = load(profile).providers["google"]

    assert (google.client_id, google.client_secret) == ("id-3", "of-both")
    assert google.token_url == "https://oauth2.googleapis.com/token"
    assert "of-both" not in repr(google)


def of(settings: OAuthSettings, address: str, host: str = "") -> str:
    found = settings.of(address, host)
    return found.key if found else ""


def test_who_signs_an_address_in(tmp_path: Path) -> None:
    settings = read([write(tmp_path / "oauth.json", {"acme": WHOLE})])

    assert of(settings, "ann@GMAIL.com") == "google"
    assert of(settings, "ann@own.example", "imap.gmail.com.") == "google"
    assert of(settings, "ann@own.example", "eu.outlook.office365.com") == "microsoft"
    assert of(settings, "ann@acme.example") == "acme"
    assert of(settings, "ann@acme.example", "imap.elsewhere.example") == "acme"
    assert of(settings, "ann@own.example", "evilimap.gmail.com") == ""


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"token_url": "http://id.acme.example/token"}, "“token_url” must begin with https://"),
        ({"authorize_url": "https://"}, "“authorize_url” must begin with https://"),
        ({"authorize_url": "javascript:alert(1)"}, "“authorize_url” must begin with https://"),
        ({"token_url": ""}, "“token_url” is missing"),
        ({"scopes": []}, "“scopes” is missing"),
        ({"scopes": "mail"}, "“scopes” must be a list of texts"),
        ({"client_id": 7}, "“client_id” must be a text"),
        ({"client_id": "a\r\nb"}, "“client_id” must be a text"),
        ({"cleint_id": "x"}, "no field “cleint_id”. Check its spelling"),
        ({"parameters": {"a": 1}}, "“parameters” must be an object of texts"),
        ({"domains": []}, "“domains” or “hosts” is missing"),
        ({"redirect": "http://0.0.0.0"}, "“redirect” must be http://127.0.0.1"),
        ({"redirect": "https://acme.example"}, "“redirect” must be http://127.0.0.1"),
        ({"redirect": "http://127.0.0.1:x"}, "“redirect” must be http://127.0.0.1"),
        ({"token_url": "https://["}, "“token_url” is no address of a web page"),
        ({"token_url": "https://id.acme.example:99999/"}, "“token_url” is no address"),
        ({"authorize_url": "https://id.acme.example:x/"}, "“authorize_url” is no address"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(
    tmp_path: Path, changed: dict[str, Any], words: str
) -> None:
    sentence = said(tmp_path, WHOLE | changed)

    assert sentence.startswith(f"The file {tmp_path / 'oauth.json'} can't be used: “acme”: ")
    assert words in sentence


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"providers": {\n "acme": }', "line 2, column 10"),
        ("[]", "it needs “providers”"),
        ('{"providers": []}', "it needs “providers”"),
        ('{"providers": {"acme": 7}}', "“acme” must be an object"),
        ("\udcff", "it is not UTF-8"),
        (" " * 1_000_001, "it is too large"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_file_that_is_none_is_left_out(tmp_path: Path, text: str, words: str) -> None:
    bad, good = tmp_path / "bad.json", write(tmp_path / "good.json", {"acme": WHOLE})
    bad.write_bytes(text.encode("utf-8", "surrogateescape"))

    settings = read([bad, good])

    assert len(settings.faults) == 1
    assert words in settings.faults[0]
    assert settings.providers["acme"].is_set_up


def test_a_path_that_cannot_be_looked_at_is_said(tmp_path: Path) -> None:
    """As with a folder that is closed to us: the others still count."""
    settings = read([tmp_path / ("x" * 300) / "oauth.json"])

    assert "it can't be read (File name too long)" in settings.faults[0]
    assert "google" in settings.providers


def test_plain_http_on_this_computer_alone(tmp_path: Path) -> None:
    for host in ("127.0.0.1:8080", "localhost:8080", "[::1]:8080"):
        entry = WHOLE | {"token_url": f"http://{host}/token"}
        assert read([write(tmp_path / "oauth.json", {"acme": entry})]).faults == ()
