"""Accounts being removed: their worker must end first, so that it writes nothing meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from models.commands.accounts import RemoveAccount

Waiting = tuple[int, RemoveAccount]


class Removals:
    """Holds a removal back until the account's worker has ended, and the worker until it is done.

    Earlier commands may still wait in the command thread; none of them starts the worker again.
    """

    def __init__(self) -> None:
        self._account_ids: dict[int, int] = {}  # by ticket
        self._waiting: list[Waiting] = []

    def begin(self, ticket: int, command: RemoveAccount, *, is_busy: bool) -> bool:
        """Register a removal that the user asked for. Return whether it can be carried out now."""
        self._account_ids[ticket] = command.account_id
        if is_busy:
            self._waiting.append((ticket, command))
        return not is_busy

    def holds(self, account_id: int) -> bool:
        """Whether this account is being removed."""
        return account_id in self._account_ids.values()

    def take_ready(self, is_busy: Callable[[int], bool]) -> list[Waiting]:
        """Take out the removals whose worker has ended."""
        ready = [each for each in self._waiting if not is_busy(each[1].account_id)]
        self._waiting = [each for each in self._waiting if each not in ready]
        return ready

    def end(self, ticket: int) -> int | None:
        """The command is done or failed. Return the account's id if it was a removal."""
        return self._account_ids.pop(ticket, None)
