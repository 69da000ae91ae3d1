"""What "Sync past emails" and other labels begin, and what they leave alone (S5, S6)."""

from __future__ import annotations

import pytest

from models.accounts import account
from models.accounts.account import AccountConfig
from models.commands.accounts import ChooseMailboxes, UpdateAccount
from models.commands.execute import execute
from models.events import AccountsChanged, MailboxesChanged
from models.server import mailbox, past_sync
from models.server.past_sync import BeginPastSync
from models.store import database
from models.store.clock import now_ms
from models.store.database import StoreError
from tests.models.building import DAY, Boxes, boxes

pytestmark = pytest.mark.usefixtures("store")


def made(*, start: str = "1m", days: int = 30, scope: str = "everyone") -> Boxes:
    """An account whose chosen labels, INBOX and Sent, have all their past mail."""
    box = boxes()
    account.update(
        box.account_id,
        start=start,
        start_at=now_ms() - days * DAY,
        scope=scope,
        past_started=start != "now",
        whole_since=now_ms() - (days * DAY if scope == "everyone" and start != "now" else 0),
    )
    for name in box.ids:
        mailbox.update(box.ids[name], is_chosen=name in ("INBOX", "Sent"), backfill_done=True)
    return box


def config(box: Boxes) -> AccountConfig:
    found = account.config(box.account_id)
    assert found is not None
    return found


def is_done(box: Boxes, name: str) -> bool:
    found = mailbox.get(box.ids[name])
    assert found is not None
    return found.backfill_done


def test_it_begins_the_chosen_labels_anew() -> None:
    box = made()
    wanted = now_ms() - 90 * DAY
    done = execute(BeginPastSync(box.account_id, "3m", wanted))
    assert done.events == (MailboxesChanged(box.account_id),)
    assert (config(box).start, config(box).start_at, config(box).whole_since) == (
        *("3m", wanted), wanted,
    )  # fmt: skip
    assert not is_done(box, "INBOX")
    assert not is_done(box, "Sent")
    assert is_done(box, "Customers")
    assert config(box).past_run == 1


def test_the_scope_is_for_the_first_time_alone() -> None:
    box = made(start="now", days=0)
    began = config(box).whole_since
    execute(BeginPastSync(box.account_id, "3m", now_ms() - 90 * DAY, "contacts"))
    assert (config(box).scope, config(box).past_started) == ("contacts", True)
    assert config(box).whole_since == began
    execute(BeginPastSync(box.account_id, "1m", now_ms() - 30 * DAY, "contacts"))
    assert config(box).scope == "everyone"
    assert config(box).whole_since < began


def test_a_later_start_lets_nothing_of_the_earlier_go() -> None:
    box = made(days=365)
    before = config(box).whole_since
    execute(BeginPastSync(box.account_id, "1m", now_ms() - 30 * DAY))
    assert config(box).whole_since == before


@pytest.mark.parametrize(("start", "days"), [("now", -1), ("1m", 0), ("date", -2)])
def test_a_start_that_is_not_past_is_refused(start: str, days: int) -> None:
    box = made()
    with pytest.raises(StoreError, match="past"):
        execute(BeginPastSync(box.account_id, start, now_ms() - days * DAY + 60_000))
    assert config(box).past_run == 0


def test_a_stopped_account_goes_on() -> None:
    box = made()
    execute(UpdateAccount(box.account_id, {"state": account.STOPPED}))
    done = execute(BeginPastSync(box.account_id, "3m", now_ms() - 90 * DAY))
    assert AccountsChanged((box.account_id,)) in done.events
    assert config(box).state == account.ACTIVE


def test_what_an_earlier_past_sync_still_writes_is_no_news() -> None:
    box = made()
    state = mailbox.get(box.ids["INBOX"])
    assert state is not None
    assert past_sync.advance(state, 0, backfill_uid=9)
    execute(BeginPastSync(box.account_id, "3m", now_ms() - 90 * DAY))
    assert not past_sync.advance(state, 0, backfill_uid=5, backfill_done=True)
    assert not is_done(box, "INBOX")
    assert past_sync.advance(state, 1, backfill_uid=5)


def chosen(box: Boxes) -> set[str]:
    return {state.name for state in mailbox.of_account(box.account_id) if state.is_chosen}


def test_a_label_chosen_later_begins_its_past_mail() -> None:
    box = made()
    wanted = tuple(box.ids[name] for name in ("INBOX", "Sent", "Customers"))
    execute(ChooseMailboxes(box.account_id, wanted))
    assert chosen(box) == {"INBOX", "Sent", "Customers"}
    assert not is_done(box, "Customers")
    assert is_done(box, "INBOX")


def test_after_the_first_past_sync_of_contacts_a_new_label_comes_whole() -> None:
    box = made(scope="contacts")
    execute(ChooseMailboxes(box.account_id, (box.ids["INBOX"], box.ids["Customers"])))
    customers = mailbox.get(box.ids["Customers"])
    assert customers is not None
    assert customers.is_whole


def test_while_it_runs_a_new_label_joins_it() -> None:
    box = made(scope="contacts")
    mailbox.update(box.ids["Sent"], backfill_done=False)
    execute(ChooseMailboxes(box.account_id, (*_of(box, "INBOX", "Sent", "Customers"),)))
    customers = mailbox.get(box.ids["Customers"])
    assert customers is not None
    assert not customers.is_whole


def test_all_labels_are_all_but_what_is_never_synced() -> None:
    box = made()
    execute(ChooseMailboxes(box.account_id, (), all_labels=True))
    assert chosen(box) == {"INBOX", "Sent", "Archive", "Customers", "Other"}


def test_fewer_labels_keep_their_mail() -> None:
    box = made()
    box.take(box.mail("a"), box.mail("b", box="Sent"))
    execute(ChooseMailboxes(box.account_id, (box.ids["INBOX"],)))
    assert chosen(box) == {"INBOX"}
    assert database.value("SELECT count(*) FROM message") == 2
    assert database.value("SELECT count(*) FROM location") == 2


def test_nobody_was_asked_for_the_labels_chosen_during_a_past_sync() -> None:
    box = made()
    execute(BeginPastSync(box.account_id, "3m", now_ms() - 90 * DAY, bring_back=True))
    execute(ChooseMailboxes(box.account_id, (*_of(box, "INBOX", "Sent", "Customers"),)))
    states = {state.name: state for state in mailbox.of_account(box.account_id)}
    assert states["INBOX"].bring_back_before > 0
    assert states["Customers"].bring_back_before == 0


def test_progress_is_told_label_by_label() -> None:
    box = made()
    assert past_sync.progress(box.account_id) == ()
    assert past_sync.is_over(box.account_id)
    execute(BeginPastSync(box.account_id, "3m", now_ms() - 90 * DAY))
    mailbox.update(box.ids["INBOX"], past_done=3, past_total=9)
    told = {each.name: (each.done, each.total) for each in past_sync.progress(box.account_id)}
    assert told == {"INBOX": (3, 9), "Sent": (0, 0)}
    assert not past_sync.is_over(box.account_id)


def _of(box: Boxes, *names: str) -> list[int]:
    return [box.ids[name] for name in names]
