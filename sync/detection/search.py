"""Runs the search: asks all sources at once, tries the servers they name, knows when to stop."""

from __future__ import annotations

import contextlib
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sync import providers
from sync.detection import autoconfig, dns_records, guesses, verdict
from sync.detection.answers import NOTHING, Answer, Detected, Outcome, Source
from sync.detection.candidates import Candidate, LookUp, ascii_domain
from sync.detection.fence import Fence
from sync.detection.network import Network, outcome_of
from sync.detection.tries import try_server
from sync.providers import Provider, Security

log = logging.getLogger(__name__)

LIMIT_SECONDS = 8.0  # for the whole search; the user has to type in a slower server
LOOK_UP_SECONDS = 4.0  # for a look-up, so that a server named late still has time to answer
LOOK_SECONDS = 0.05  # how soon a cancel is noticed
# Names that exist nowhere (RFC 6761, 7686): nothing is asked about them.
NOWHERE = (".invalid", ".onion")

Tell = Callable[[Answer], None]


def detect(
    address: str,
    cancel: threading.Event,
    *,
    network: Network | None = None,
    limit: float = LIMIT_SECONDS,
    tell: Tell = lambda answer: None,
    enough: threading.Event | None = None,
) -> Detected:
    """Find the servers of an address. Blocks for at most `limit` seconds.

    Args:
        cancel: When set, the search ends at once with nothing.
        tell: Called with what each place answers, in the caller's thread.
        enough: When set, the search ends at once with what is known.
    """
    provider = providers.of_address(address)
    if provider is not None and provider.is_checked:
        tell(Answer(1, Source.PROVIDER, provider.name, Outcome.FOUND))
        return Detected(provider.imap, provider.smtp, provider, Source.PROVIDER)
    domain = ascii_domain(providers.domain_of(address))
    if not domain or domain.endswith(NOWHERE):
        return NOTHING
    network = network or Network()
    if network.is_offline():
        return Detected(None, None, is_offline=True)
    search = _Search(address, domain, network, limit, tell)
    if provider is not None:
        search.try_provider(provider)
    return search.run(cancel, enough or threading.Event())


@dataclass(slots=True)
class _Asked:
    """A question of the search, and what to do with its answer."""

    answer: Answer
    then: Callable[[LookUp], None] | None = None

    @property
    def is_out(self) -> bool:
        return self.answer.outcome is Outcome.ASKED

    @property
    def is_autoconfig(self) -> bool:
        """Whether this is a file at the address's own domain, over https."""
        return self.answer.source is Source.AUTOCONFIG and self.answer.place is None


class _Search:
    """One search. Only its own thread touches it; the other threads put results into the queue."""

    def __init__(
        self, address: str, domain: str, network: Network, limit: float, tell: Tell
    ) -> None:
        self._address = address
        self._domain = domain
        self._network = network
        self._fence = Fence(domain, network)
        self._report = tell
        self._deadline = time.monotonic() + limit
        self._numbers = itertools.count(1)
        self._came: queue.SimpleQueue[tuple[int, LookUp]] = queue.SimpleQueue()
        self._asked: dict[int, _Asked] = {}
        self._tries: dict[verdict.Tried, int] = {}
        self._known = verdict.Known(domain)

    def run(self, cancel: threading.Event, enough: threading.Event) -> Detected:
        self._start()
        while not cancel.is_set() and not enough.is_set() and time.monotonic() < self._deadline:
            if self._is_settled():
                break
            with contextlib.suppress(queue.Empty):
                self._take(*self._came.get(timeout=LOOK_SECONDS))
        if cancel.is_set():
            return NOTHING
        is_late = time.monotonic() >= self._deadline
        self._close(Outcome.TIMED_OUT if is_late else Outcome.NOT_ASKED)
        return self._known.best()

    def try_provider(self, provider: Provider) -> None:
        """Try a listed provider's servers that were never checked with the provider."""
        if provider.imap is not None and provider.smtp is not None:
            self._try(Candidate("imap", provider.imap, Source.PROVIDER))
            self._try(Candidate("smtp", provider.smtp, Source.PROVIDER))

    # --- asking --------------------------------------------------------------------------

    def _start(self) -> None:
        for question in autoconfig.questions(self._domain, self._address):
            self._ask_file(question, self._after_autoconfig)
        for service in dns_records.SERVICES:
            self._ask_service(service)
        self._look_up(
            Answer(next(self._numbers), Source.MX, f"MX {self._domain}", Outcome.ASKED),
            lambda deadline: dns_records.look_up_mx(self._domain, self._network, deadline),
            self._after_mx,
        )
        for candidate in guesses.of_domain(self._domain):
            self._try(candidate)

    def _ask_service(self, service: dns_records.Service) -> None:
        self._look_up(
            Answer(
                next(self._numbers),
                Source.SRV,
                f"{service.label}.{self._domain}",
                Outcome.ASKED,
                service.protocol,
            ),
            lambda deadline: dns_records.look_up_service(
                service, self._domain, self._network, deadline
            ),
            self._after_look_up,
        )

    def _ask_file(self, question: autoconfig.Question, then: Callable[[LookUp], None]) -> None:
        self._look_up(
            Answer(next(self._numbers), question.source, question.shown, Outcome.ASKED),
            lambda deadline: autoconfig.look_up(
                question, self._address, self._network, self._fence.allows, deadline
            ),
            then,
        )

    def _look_up(
        self,
        answer: Answer,
        work: Callable[[float], LookUp],
        then: Callable[[LookUp], None],
    ) -> None:
        deadline = min(self._deadline, time.monotonic() + LOOK_UP_SECONDS)
        self._send(_Asked(answer, then), lambda: work(deadline))

    def _try(self, candidate: Candidate) -> None:
        """Try a server that was named; only once, however many sources name it."""
        self._known.add(candidate)
        key = (candidate.protocol, candidate.place)
        if key in self._tries:
            self._name_better(self._tries[key], candidate.source)
            return
        place = candidate.place
        is_open = place.security is Security.NONE
        answer = Answer(
            next(self._numbers),
            candidate.source,
            f"{place.host}:{place.port}",
            Outcome.OPEN_LINE if is_open else Outcome.ASKED,
            candidate.protocol,
            place,
        )
        self._tries[key] = answer.number
        if is_open:
            self._asked[answer.number] = _Asked(answer)
            self._known.outcomes[key] = Outcome.OPEN_LINE
            self._report(answer)
            return
        self._send(
            _Asked(answer),
            lambda: LookUp(
                try_server(
                    candidate.protocol, place, self._network, self._fence.allows, self._deadline
                )
            ),
        )

    def _send(self, asked: _Asked, work: Callable[[], LookUp]) -> None:
        """Run a question in its own daemon thread: a name look-up has no time-out and may hang."""
        number = asked.answer.number
        self._asked[number] = asked
        self._report(asked.answer)

        def attempt() -> None:
            try:
                found = work()
            except OSError as error:
                found = LookUp(outcome_of(error))
            except Exception:  # the boundary of this thread: the search counts on an answer
                log.exception("a look-up failed")
                found = LookUp(Outcome.UNREADABLE)
            self._came.put((number, found))

        threading.Thread(target=attempt, name=f"detect-{number}", daemon=True).start()

    # --- what comes back -----------------------------------------------------------------

    def _take(self, number: int, found: LookUp) -> None:
        asked = self._asked[number]
        self._set(asked, found.outcome)
        if asked.then is not None:
            asked.then(found)

    def _after_look_up(self, found: LookUp) -> None:
        self._known.denied |= found.denied
        for candidate in found.candidates:
            self._try(candidate)

    def _after_autoconfig(self, found: LookUp) -> None:
        """Try the servers; ask over http if https had no file and a hint could still help."""
        # Only the domain's own page: others must not speak in its name.
        self._known.documentation = self._known.documentation or found.documentation
        self._after_look_up(found)
        files = [each for each in self._asked.values() if each.is_autoconfig]
        is_over = not any(each.is_out for each in files)
        has_file = any(each.answer.outcome is Outcome.FOUND for each in files)
        if is_over and not has_file and self._could_use(Source.HINT):
            for question in autoconfig.hints(self._domain):
                self._ask_file(question, self._after_look_up)

    def _after_mx(self, found: LookUp) -> None:
        self._known.mx_provider = found.provider
        self._after_look_up(found)
        for host in found.mx_hosts:
            for candidate in guesses.of_mx(host):
                self._try(candidate)
        parents = {dns_records.parent_domain(host) for host in found.mx_hosts} - {"", self._domain}
        for domain in sorted(parents):
            self._ask_file(autoconfig.question_of_mx(domain), self._after_look_up)

    def _set(self, asked: _Asked, outcome: Outcome) -> None:
        old = asked.answer
        asked.answer = Answer(old.number, old.source, old.target, outcome, old.protocol, old.place)
        if old.place is not None and old.protocol is not None:
            self._known.outcomes[old.protocol, old.place] = outcome
        self._report(asked.answer)

    def _name_better(self, number: int, source: Source) -> None:
        """Show a server as named by a better source, if that names it too."""
        asked = self._asked[number]
        old = asked.answer
        if source.rank < old.source.rank:
            asked.answer = Answer(number, source, old.target, old.outcome, old.protocol, old.place)
            self._report(asked.answer)

    def _close(self, outcome: Outcome) -> None:
        for asked in self._asked.values():
            if asked.is_out:
                self._set(asked, outcome)

    def _could_use(self, source: Source) -> bool:
        """Whether a server that this source names could still be chosen."""
        best = [self._known.best_rank(protocol) for protocol in ("imap", "smtp")]
        return any(rank is None or rank > (source.rank, 0) for rank in best)

    # --- enough --------------------------------------------------------------------------

    def _is_settled(self) -> bool:
        """Whether no open answer could still change the choice."""
        return all(self._is_settled_for(protocol) for protocol in ("imap", "smtp"))

    def _is_settled_for(self, protocol: str) -> bool:
        best = self._known.best_rank(protocol)
        for asked in self._asked.values():
            answer = asked.answer
            if not asked.is_out or answer.protocol not in (None, protocol):
                continue
            rank = self._known.rank_of(answer)
            if best is None or rank < best:
                return False
        return True
