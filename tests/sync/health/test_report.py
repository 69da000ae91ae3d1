"""Findings about servers: what each one is made of, and what it says to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.accounts import account, health
from models.accounts.account import AccountConfig, NewAccount
from models.accounts.health import StoredFacts
from models.events import MessagesAdded
from models.server import mailbox
from models.server.mailbox import Role
from models.server.sync_facts import SyncFacts
from models.store import database
from models.store.clock import now_ms
from sync.errors import ConnectionLostError
from sync.health import account_findings, server_findings
from sync.health.keeper import CLOCK_MOST, HealthKeeper, last_report
from sync.health.report import Finding, Report, Severity, from_json, ordered
from sync.health.server_findings import DAY_MS, Look
from sync.net.server import Server
from sync.session import ImapSession, Quota, Secured, Software
from sync.session.capabilities import quota, software
from sync.timing import Timing
from tests.support.servers.fake_imap import Answer, FakeImap, hang_up

ALL = frozenset(
    "IMAP4REV1 IDLE MOVE UIDPLUS CONDSTORE SPECIAL-USE LIST-STATUS ESEARCH OBJECTID".split()  # noqa: SIM905
)
ROLES = dict.fromkeys(("inbox", "sent", "archive", "trash", "drafts"), "special-use")
STORED = StoredFacts(ROLES, None, (12, 3), 0, frozenset(), None)
SECURED = Secured("TLSv1.3", "An Authority", now_ms() + 80 * DAY_MS, False)
LOOK = Look(ALL, Software("Dovecot", "2.3"), SECURED, None, ())
MINUTE = 60_000


@pytest.fixture
def config(store: Path) -> AccountConfig:
    with database.writing(durable=True):
        made = account.create(
            NewAccount("ann@own.example", "imap.own.example", 993, "tls", "smtp", 465, "tls")
        )
    found = account.config(made)
    assert found is not None
    return found


def found(
    config: AccountConfig, look: Look = LOOK, stored: StoredFacts = STORED
) -> dict[str, Finding]:
    return {each.code: each for each in server_findings.findings(config, stored, look)}


def test_a_good_server_has_nothing_to_do(config: AccountConfig) -> None:
    findings = found(config).values()

    assert {each.severity for each in findings} == {Severity.OK}
    assert not [each.advice for each in findings if each.advice]


@pytest.mark.parametrize("name", sorted(ALL - {"IMAP4REV1"}))
def test_each_missing_capability_says_what_it_costs(config: AccountConfig, name: str) -> None:
    findings = found(config, replace(LOOK, capabilities=ALL - {name}))

    told = findings[f"no_{name.lower().replace('-', '_')}"]
    assert told.severity is Severity.NOTE
    assert name in told.sentence
    assert told.advice
    assert [each for each in findings if each.startswith("no_")] == [told.code]


def test_what_stands_in_for_a_capability_is_enough(config: AccountConfig) -> None:
    with_qresync = (ALL - {"CONDSTORE"}) | {"QRESYNC"}
    gmail = (ALL - {"OBJECTID"}) | {"X-GM-EXT-1"}

    assert "no_condstore" not in found(config, replace(LOOK, capabilities=with_qresync))
    assert "no_objectid" not in found(config, replace(LOOK, capabilities=gmail))


def test_moving_without_move_and_uidplus_is_a_warning(config: AccountConfig) -> None:
    findings = found(config, replace(LOOK, capabilities=ALL - {"MOVE", "UIDPLUS"}))

    assert findings["no_uidplus"].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("role", "wanted", "severity"),
    [
        ("trash", frozenset(), Severity.NOTE),
        ("trash", frozenset({"trash"}), Severity.WARNING),
        ("archive", frozenset({"archive"}), Severity.WARNING),
        ("sent", frozenset(), Severity.WARNING),
        ("drafts", frozenset({"trash"}), Severity.NOTE),
    ],
)
def test_a_missing_role_is_as_grave_as_the_options_make_it(
    config: AccountConfig, role: str, wanted: frozenset[str], severity: Severity
) -> None:
    roles = {name: how for name, how in ROLES.items() if name != role}
    told = found(config, stored=replace(STORED, roles=roles, wanted=wanted))[f"no_{role}"]

    assert told.severity is severity
    assert "Folder roles" in told.advice


def test_the_options_and_roles_are_read_from_the_store(config: AccountConfig) -> None:
    mailbox.save(config.id, "Müll", role=Role.TRASH, role_source="person", message_count=5)
    account.update(config.id, kind="team", delete_on_server=True)

    read = health.facts(config.id)

    assert read.roles == {"trash": "person"}
    assert read.wanted == frozenset({"trash"})
    assert read.counts == (5,)


@pytest.mark.parametrize(
    ("days", "by_hand", "severity", "word"),
    [
        (80, False, Severity.OK, "is good until"),
        (80, True, Severity.OK, "You trusted it by hand"),
        (9, False, Severity.NOTE, "ends on"),
        (9, True, Severity.WARNING, "ends on"),
        (-3, True, Severity.WARNING, "ended on"),
    ],
)
def test_the_certificates_end_is_told_in_time(
    config: AccountConfig, days: int, by_hand: bool, severity: Severity, word: str
) -> None:
    secured = Secured("TLSv1.2", "An Authority", now_ms() + days * DAY_MS + MINUTE, by_hand)
    told = found(config, replace(LOOK, secured=secured))["certificate"]

    assert told.severity is severity
    assert word in told.sentence
    assert told.fact == f"{days} days" + (" by-hand" if by_hand else "")


def test_no_encryption_is_a_warning(config: AccountConfig) -> None:
    findings = found(config, replace(LOOK, secured=None))

    assert findings["tls"].severity is Severity.WARNING
    assert "certificate" not in findings


@pytest.mark.parametrize(
    ("observed", "severity", "word"),
    [
        ((), Severity.OK, "not known yet"),
        ((900,), Severity.OK, "agree"),
        ((3_600_000,), Severity.OK, "not known yet"),  # one mail may have been moved only
        ((11 * MINUTE, 11 * MINUTE + 900), Severity.WARNING, "11 minutes ahead of"),
        ((3_600_000, 900), Severity.OK, "agree"),
        ((-5 * MINUTE,), Severity.WARNING, "5 minutes behind"),
    ],
)
def test_clocks_that_differ(
    config: AccountConfig, observed: tuple[int, ...], severity: Severity, word: str
) -> None:
    told = found(config, replace(LOOK, clock=observed))["clock"]

    assert told.severity is severity
    assert word in told.sentence


@pytest.mark.parametrize(
    ("told", "severity", "word"),
    [
        (None, Severity.OK, "no limit"),
        (Quota(1 << 20, 1 << 30), Severity.OK, "1.0 MB of 1.0 GB"),
        (Quota(95 << 20, 100 << 20), Severity.WARNING, "nearly full"),
        (Quota(100 << 20, 100 << 20), Severity.PROBLEM, "is full"),
        (Quota(1, 100 << 20, 99, 100), Severity.WARNING, "99 of 100 mails"),
    ],
)
def test_room_on_the_server(
    config: AccountConfig, told: Quota | None, severity: Severity, word: str
) -> None:
    finding = found(config, replace(LOOK, quota=told))["quota"]

    assert finding.severity is severity
    assert word in finding.sentence


def test_caps_on_the_size_of_labels(config: AccountConfig) -> None:
    gmail = replace(LOOK, capabilities=ALL | {"X-GM-EXT-1"})
    capped = replace(STORED, counts=(10_000, 7))

    assert found(config)["folder_cap"].severity is Severity.OK
    assert found(config, stored=capped)["folder_cap"].severity is Severity.NOTE
    assert "Forwarding" in found(config, gmail, capped)["folder_cap"].advice
    hidden = found(config, stored=replace(STORED, hidden=3))["folder_cap"]
    assert hidden.severity is Severity.WARNING


def test_whether_the_server_saves_what_is_sent(config: AccountConfig) -> None:
    gmail = replace(LOOK, capabilities=ALL | {"X-GM-EXT-1"})
    microsoft = replace(config, imap_host="outlook.office365.com")
    seen = replace(STORED, own_in_sent_at=now_ms())

    assert found(config, gmail)["saves_sent"].fact == "yes"
    assert found(microsoft)["saves_sent"].fact == "yes"
    assert found(config)["saves_sent"].fact == "unknown"
    assert found(config, stored=seen)["saves_sent"].fact == "unknown own-mail-seen"
    assert "not known" in found(config, stored=seen)["saves_sent"].sentence


@pytest.mark.parametrize("is_shown", [True, False])
def test_gmails_all_mail(config: AccountConfig, is_shown: bool) -> None:
    gmail = replace(LOOK, capabilities=ALL | {"X-GM-EXT-1"})
    stored = replace(STORED, roles=ROLES | ({"all": "special-use"} if is_shown else {}))
    told = found(config, gmail, stored)["all_mail"]

    assert told.severity is (Severity.OK if is_shown else Severity.WARNING)
    assert ("Show in IMAP" in told.advice) is not is_shown


def test_the_queue_and_what_is_refused_or_held(config: AccountConfig) -> None:
    late = replace(STORED, oldest_pending_at=now_ms() - 3 * 3_600_000)
    facts = SyncFacts(3, 1, 2, 4, now_ms() - 26 * 3_600_000, ("trash",), 2)
    findings = {
        each.code: each for each in account_findings.findings(config, facts, late, read_only=False)
    }

    assert "oldest for 3 hours" in findings["queue"].sentence
    assert findings["queue"].severity is Severity.WARNING
    assert findings["last_success"].severity is Severity.WARNING
    assert "refused 1 change for good" in findings["refused"].sentence
    assert "4 mails were deleted" in findings["held"].sentence
    assert findings["asks_trash"].advice
    assert "does not open 2 labels" in findings["closed"].sentence
    waiting = account_findings.findings(config, facts, late, read_only=True)
    assert next(each for each in waiting if each.code == "queue").severity is Severity.OK


# --- what servers say ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([b'("name" "Dovecot" "version" "2.3")'], Software("Dovecot", "2.3")),
        ([b"NIL"], Software()),
        ([b'("name" "a\tb" "version" NIL)'], Software("a b", "")),
        ([b'("name"'], Software()),
        ([b'("name" "' + b"x" * 500 + b'")'], Software("x" * 60, "")),
    ],
)
def test_who_a_server_says_it_is(segments: list[bytes], expected: Software) -> None:
    assert software([(b"ID", segments)]) == expected


def test_the_tightest_quota_counts() -> None:
    lines = [
        (b"QUOTAROOT", [b'INBOX "" "user"']),
        (b"QUOTA", [b'"" (STORAGE 10 512000)']),
        (b"QUOTA", [b'"user" (STORAGE 90 100 MESSAGE 5 1000)']),
        (b"QUOTA", [b"broken ("]),
        (b"QUOTA", [b'"none" ()']),
    ]

    assert quota(lines) == Quota(90 << 10, 100 << 10, 5, 1000)
    assert quota([]) is None


def test_a_server_that_refuses_quota_tells_no_limit(store: Path) -> None:
    answers = {"GETQUOTAROOT": b"{tag} NO not for you\r\n"}
    with FakeImap(answers, capabilities="IMAP4rev1 QUOTA ID") as server:
        session = ImapSession(Server(server.host, server.port, "plain"), Timing(command=30.0))
        session.open()
        session.sign_in("me", "secret")
        assert session.quota() is None
        assert session.secured is None
        session.close()
    assert "GETQUOTAROOT" in server.commands


# --- reports -----------------------------------------------------------------------------------


def test_a_server_that_hangs_up_at_the_quota_is_asked_twice_and_not_for_ever(
    config: AccountConfig,
) -> None:
    keeper = HealthKeeper(config.id, lambda _: None, read_only=False)
    answers: dict[str, Answer] = {"GETQUOTAROOT": hang_up}
    ends = 0
    with FakeImap(answers, capabilities="IMAP4rev1 QUOTA") as server:
        for _ in range(4):
            session = ImapSession(Server("localhost", server.port, "plain"), Timing())
            session.open()
            session.sign_in("ann", "secret")
            try:
                keeper.look_if_due(session)
            except ConnectionLostError:
                ends += 1
            session.close()
        assert ends == 2
        assert server.commands.count("GETQUOTAROOT") == 2


def test_a_report_comes_back_from_the_store(config: AccountConfig) -> None:
    report = Report(
        findings=ordered(server_findings.findings(config, STORED, LOOK)),
        looked_at=5,
        is_connected=True,
        capabilities=tuple(sorted(ALL)),
        software=("Dovecot", "2.3"),
        error="TimedOutError",
        clock=(1, 2),
        quota={"asked_at": 7, "has_limit": 0},
    )
    health.store(config.id, report.to_json())

    assert last_report(config.id) == report


@pytest.mark.parametrize("stored", [{}, {"findings": [{"code": 1}]}, {"findings": None}])
def test_a_report_of_another_version_counts_as_none(stored: dict[str, object]) -> None:
    assert from_json(stored) == Report()


def test_the_gravest_finding_comes_first() -> None:
    found = [Finding(each.value, each, "") for each in Severity]

    assert [each.severity for each in ordered(found)] == list(reversed(Severity))


@pytest.fixture
def keeper(config: AccountConfig) -> HealthKeeper:
    return HealthKeeper(config.id, lambda event: None, read_only=False)


def _mail(config: AccountConfig, ago: int) -> int:
    conversation = database.insert("INSERT INTO conversation (account_id) VALUES (?)", (config.id,))
    return database.insert(
        "INSERT INTO message (account_id, conversation_id, identity, received_at, added_at) "
        "VALUES (?, ?, x'00', ?, 0)",
        (config.id, conversation, now_ms() - ago),
    )


def test_only_mail_that_came_while_listening_tells_the_clock(
    config: AccountConfig, keeper: HealthKeeper
) -> None:
    def arrived(ago: int, *, notify: bool = True) -> None:
        keeper.heard(MessagesAdded(config.id, (1,), (_mail(config, ago),), notify))

    arrived(MINUTE)
    assert last_report(config.id).clock == ()  # nobody listened
    keeper.spoke()
    arrived(MINUTE, notify=False)
    assert last_report(config.id).clock == ()  # past or moved mail
    for _ in range(CLOCK_MOST + 2):
        arrived(MINUTE)
    clock = last_report(config.id).clock
    assert len(clock) == CLOCK_MOST
    assert all(abs(each - MINUTE) < 30_000 for each in clock)
