"""What a reader shows of an account that is gone."""

from __future__ import annotations

import pytest

from models.commands import account_jobs
from models.commands.accounts import RemoveAccount
from models.commands.execute import execute
from sync.qt.service import reading
from tests.models.building import boxes, message_of

pytestmark = pytest.mark.usefixtures("store")


def test_a_text_that_was_never_fetched_is_lost_with_its_account() -> None:
    box = boxes()
    box.take(box.mail("slow", raw=None), box.mail("here"))
    before = reading.content(message_of("slow"))
    assert before is not None
    assert before.body_state == "none"

    execute(RemoveAccount(box.account_id))
    while account_jobs.step() is not None:
        pass

    states = [reading.content(message_of(name)) for name in ("slow", "here")]
    assert [each.body_state for each in states if each is not None] == ["lost", "full"]
