"""Chooses among the servers that were named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sync import providers
from sync.detection.answers import Answer, Detected, Outcome, Protocol, Source
from sync.detection.candidates import Candidate, is_inside
from sync.providers import Provider, Security, ServerPlace

Tried = tuple[str, ServerPlace]
# Sources that should know: their servers are chosen even if none answers now.
NAMED = frozenset({Source.PROVIDER, Source.AUTOCONFIG, Source.SRV, Source.MX})
NEVER = frozenset({Outcome.OPEN_LINE, Outcome.NOT_ALLOWED, Outcome.NO_HOST})


@dataclass
class Known:
    """What a search knows so far.

    Attributes:
        outcomes: The result of each try.
        denied: Services that the domain says it does not offer.
        documentation: The domain's own page about its servers.
    """

    domain: str
    candidates: list[Candidate] = field(default_factory=list)
    outcomes: dict[Tried, Outcome] = field(default_factory=dict)
    denied: frozenset[tuple[Protocol, Security]] = frozenset()
    documentation: str = ""
    mx_provider: Provider | None = None

    def add(self, candidate: Candidate) -> None:
        """Add a server that a source named."""
        self.candidates.append(candidate)

    def best_rank(self, protocol: str) -> tuple[int, int] | None:
        """The rank of the best server that answers as it should."""
        found = next(self._those(protocol, Outcome.ANSWERS), None)
        return None if found is None else found.rank

    def rank_of(self, answer: Answer) -> tuple[int, int]:
        """The best rank that an open answer could lead to."""
        ranks = [
            each.rank
            for each in self.candidates
            if (each.protocol, each.place) == (answer.protocol, answer.place)
        ]
        return min(ranks, default=(answer.source.rank, 0))

    def best(self) -> Detected:
        """The choice, with what the user has to know about it."""
        imap, smtp = self._best("imap"), self._best("smtp")
        chosen = [each for each in (imap, smtp) if each is not None]
        first = chosen[0] if chosen else None
        return Detected(
            imap.place if imap else None,
            smtp.place if smtp else None,
            self._provider(imap),
            source=first.source if first else None,
            auth=imap.auth if imap else (),
            user_name=imap.user_name if imap else "",
            smtp_user_name=smtp.user_name if smtp else "",
            documentation=self.documentation,
            outside=self._outside(chosen),
            silent=tuple(each.place.host for each in chosen if not self._is_there(each)),
        )

    def _those(self, protocol: str, outcome: Outcome) -> Iterator[Candidate]:
        """The servers with this outcome, the best first, without guesses at denied services."""
        for each in sorted(self.candidates, key=lambda each: each.rank):
            is_denied = each.source is Source.GUESS and (
                (each.protocol, each.place.security) in self.denied
            )
            if each.protocol != protocol or is_denied:
                continue
            if self._outcome(each) is outcome:
                yield each

    def _best(self, protocol: str) -> Candidate | None:
        """Choose a server.

        First one that answers. Then one that the domain named, even if it does not prove its name
        or does not answer; the sign-in will show what is wrong. Then a guess that does not prove
        its name. A hint always has to prove it.
        """
        unproven = list(self._those(protocol, Outcome.BAD_CERTIFICATE))
        choices = (
            *self._those(protocol, Outcome.ANSWERS),
            *(each for each in unproven if each.source in NAMED),
            *(each for each in self._named(protocol) if self._outcome(each) not in NEVER),
            *(each for each in unproven if each.source is not Source.HINT),
        )
        return choices[0] if choices else None

    def _named(self, protocol: str) -> list[Candidate]:
        named = [each for each in self.candidates if each.source in NAMED]
        return sorted(
            (each for each in named if each.protocol == protocol), key=lambda each: each.rank
        )

    def _outcome(self, candidate: Candidate) -> Outcome:
        key = (candidate.protocol, candidate.place)
        return self.outcomes.get(key, Outcome.NOT_ASKED)

    def _is_there(self, chosen: Candidate) -> bool:
        return self._outcome(chosen) in (Outcome.ANSWERS, Outcome.BAD_CERTIFICATE)

    def _provider(self, imap: Candidate | None) -> Provider | None:
        if imap is None:
            return None
        if self.mx_provider is not None and self.mx_provider.imap == imap.place:
            return self.mx_provider
        return providers.of_host(imap.place.host)

    def _outside(self, chosen: list[Candidate]) -> tuple[str, ...]:
        hosts = [each.place.host for each in chosen if not is_inside(each.place.host, self.domain)]
        return tuple(dict.fromkeys(hosts))
