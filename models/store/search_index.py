"""The search index: put messages in, take them out, and search.

`search` is a contentless FTS5 table whose rowid is the message's id. It keeps no text, so taking a
message out needs exactly the words that went in ('delete' command, see
https://sqlite.org/fts5.html#the_delete_command). A difference would leave words behind and damage
the index. Therefore all words pass through the three functions `addresses_of`, `names_of` and
`body_text`, and come from the same rows both times: message.subject, message.from_* and
recipients, body.indexed, and attachment.file_name by position.

What is special to SQLite stays in this module and in `database.py`.
"""

from __future__ import annotations

import json
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from models.store import database
from models.store.compression import decompress_text
from models.store.list_ids import ListIds, from_pairs

BODY_CHARACTERS = 200_000  # indexed of each body; a longer one was not written as a letter
FIND_LIMIT = 1000  # most conversations that one search shows
_WORDS = 32  # most words of a query; FTS5 limits the depth of its expressions
_CHUNK = 1000  # parameters of one IN list
_WALK_CONVERSATIONS = 2000  # conversations in one step of the walk from the newest on
_MANY = 50_000  # most matches that are read in full, in 10 ms
_RANGES = 6  # most ranges of ids that one step of the walk asks for
_GAP = 1000  # ids between two ranges
_PREFIX_INDEXED = 3  # letters; the table's `prefix` option
_PROBES = 64  # most messages that are asked for one by one

Entry = tuple[int, str, str, str, str]  # message_id, subject, addresses, body, attachments

# Letters that do not decompose into letter and mark: unicode61 would not match what users type.
_FOLDED = (
    ("ł", "l"), ("Ł", "l"), ("ø", "o"), ("Ø", "o"), ("đ", "d"), ("Đ", "d"), ("ı", "i"),
    ("ß", "ss"), ("ẞ", "ss"), ("æ", "ae"), ("Æ", "ae"), ("œ", "oe"), ("Œ", "oe"),
)  # fmt: skip


# --- what goes in ------------------------------------------------------------------------


def addresses_of(
    from_name: str, from_address: str, recipients: Mapping[str, Sequence[Sequence[str]]]
) -> str:
    """The indexed words of all names and addresses of a message.

    `recipients` is the decoded JSON of message.recipients: part -> [[name, address], ...].
    """
    words = [from_name, from_address]
    for part in sorted(recipients):
        words.extend(word for pair in recipients[part] for word in pair)
    return " ".join(words)


def names_of(file_names: Iterable[str]) -> str:
    """The indexed words of a message's attachments, in order of position."""
    return "\n".join(file_names)


def body_text(text: str) -> str:
    """The part of a body that is indexed; body.indexed stores exactly this, compressed."""
    return text[:BODY_CHARACTERS]


def add_many(entries: Iterable[Entry]) -> None:
    """Index messages that are not in the index yet.

    The words must be those that `remove` will find in the store (see the module's docstring).
    """
    database.run_many(_ADD, map(_folded, entries))


_ADD = "INSERT INTO search (rowid, subject, addresses, body, attachments) VALUES (?, ?, ?, ?, ?)"
_REMOVE = """INSERT INTO search (search, rowid, subject, addresses, body, attachments)
    VALUES ('delete', ?, ?, ?, ?, ?)"""


def remove(message_ids: Sequence[int]) -> None:
    """Take messages out before their rows are deleted; those not in the index are passed over."""
    for chunk in _chunks(message_ids):
        database.run_many(_REMOVE, map(_folded, stored_entries(_indexed(chunk))))


@contextmanager
def reindex(message_ids: Sequence[int]) -> Iterator[None]:
    """Wrap a change of what is indexed (subject, addresses, body, names of attachments).

    The old words are read and taken out before the change; the new ones go in after it. A message
    that the change deletes stays out. Use it inside one `writing()`.
    """
    remove(message_ids)
    yield
    for chunk in _chunks(message_ids):
        add_many(stored_entries(chunk))


def stored_entries(message_ids: Sequence[int]) -> list[Entry]:
    """What the index holds for these messages, rebuilt from the store."""
    marks = database.marks(len(message_ids))
    names: dict[int, list[str]] = {}
    for message_id, name in database.rows(_NAMES.format(marks), message_ids):
        names.setdefault(message_id, []).append(name)
    return [
        (
            id_,
            subject,
            addresses_of(from_name, from_address, json.loads(recipients)),
            body_text(decompress_text(indexed)) if indexed is not None else "",
            names_of(names.get(id_, ())),
        )
        for id_, subject, from_name, from_address, recipients, indexed in database.rows(
            _ENTRIES.format(marks), message_ids
        )
    ]


_NAMES = "SELECT message_id, file_name FROM attachment WHERE message_id IN ({}) ORDER BY message_id, position, id"
_ENTRIES = """SELECT message.id, subject, from_name, from_address, recipients, indexed
    FROM message LEFT JOIN body ON body.message_id = message.id WHERE message.id IN ({})"""


def _indexed(message_ids: Sequence[int]) -> list[int]:
    """Which of the messages are in the index: FTS5 keeps a row of sizes for each."""
    sql = f"SELECT id FROM search_docsize WHERE id IN ({database.marks(len(message_ids))})"
    return [id_ for (id_,) in database.rows(sql, message_ids)]


def _folded(entry: Entry) -> Entry:
    return (
        entry[0],
        fold(entry[1]),
        fold(entry[2]),
        fold(body_text(entry[3])),
        fold(entry[4]),
    )


def fold(text: str) -> str:
    """Text as it is indexed and searched: also folds the letters that unicode61 does not fold."""
    if text.isascii():
        return text
    # Lone surrogates from broken mail become what `compress_text` makes of them.
    text = text.encode("utf-8", "replace").decode()
    for letter, plain in _FOLDED:
        if letter in text:
            text = text.replace(letter, plain)
    return text


def rewrite() -> None:
    """Rewrite the index without what was taken out of it; a step of the wipe (R7).

    Taking a message out only marks its words as deleted; from then on no search finds them. Merging
    all segments into one drops them. FTS5 would leave a single segment as it is, so a row is added
    first and taken out at the end. FTS5's secure-delete would not make this unnecessary: a word can
    stay in the table of first words (`search_idx`).
    """
    row = (_NO_MESSAGE, "", "", "wipe", "")
    with database.writing(durable=False):
        database.run(_ADD, row)
    with database.writing(durable=False):
        database.run("INSERT INTO search (search) VALUES ('optimize')")
        database.run(_REMOVE, row)


_NO_MESSAGE = 0  # a row id that no message has


# --- how it is asked ---------------------------------------------------------------------


def compile_query(text: str) -> str:
    """What the user typed as an FTS5 expression, or '' if it has no word.

    Every word must be in the message; words in double quotes must follow each other. The last word
    is a prefix while it is being typed: from its third letter on, until a space or a quote ends
    it. Nothing that the user types is syntax, because each word is quoted.
    """
    typed = [
        _plain(words)
        for index, part in enumerate(fold(text).split('"'))
        for words in ([part] if index % 2 else part.split())
    ]
    terms = [f'"{words}"' for words in typed if words][:_WORDS]
    is_typing = typed and typed[-1] and len(terms) < _WORDS and not text.endswith((" ", '"'))
    if is_typing and _is_beginning(typed[-1]):
        terms[-1] += " *"
    return " AND ".join(dict.fromkeys(terms))


def _is_beginning(words: str) -> bool:
    """Whether the word being typed is searched as a prefix.

    One or two Latin letters begin a word in every mail, and an index for them takes a third of a
    sync's time. So they are searched as whole words. A Chinese or Japanese character says more.
    """
    last = words.rsplit(" ", maxsplit=1)[-1]
    return len(last) >= _PREFIX_INDEXED or not last.isascii()


def _plain(words: str) -> str:
    """Words without the characters that unicode61 takes as separators; '' if nothing is left."""
    kept = "".join([c if unicodedata.category(c)[0] in "LNM" else " " for c in words])
    return " ".join([word for word in kept.split() if any(map(str.isalnum, word))][:_WORDS])


def find(
    text: str,
    account_id: int | None = None,
    limit: int = FIND_LIMIT,
    condition: str = "",
) -> ListIds:
    """The newest `limit` conversations that have a message with these words.

    Message ids are not in order of time (past mail comes in newest first), so all matching ids are
    read: FTS5 returns 100,000 in some 20 ms. Looking up the conversation of each would be slow. So
    few matches are joined one by one. Many matches lie close together, so the conversations are
    walked from the newest on until `limit` of them have a match. Both cost the same where
    matches² = limit x messages, and there both are quick. More than `_MANY` matches are not all
    read: each step of the walk asks for the matches in its own ranges of ids.

    Args:
        condition: SQL over `conversation` that the result must fulfil too.
    """
    expression = compile_query(text)
    most = _MANY if _is_seekable(expression) else -1
    found = _matches(expression, most)
    where = " AND ".join(
        [part for part in (condition, "account_id = ?" * (account_id is not None)) if part]
    )
    account = () if account_id is None else (account_id,)
    if len(found) == most:
        return _walk(_Probe(expression), limit, where or "1", account)
    total = database.value("SELECT max(id) FROM message") or 0
    if len(found) ** 2 > limit * total:
        matching_ids = set(found)
        return _walk(matching_ids.intersection, limit, where or "1", account)
    return _join(found, limit, where or "1", account)


def _is_seekable(expression: str) -> bool:
    """Whether FTS5 can start at any message id: not for a prefix without a prefix index."""
    last = expression.removesuffix('" *').split(" ")[-1].lstrip('"')
    return not expression.endswith("*") or len(last) == _PREFIX_INDEXED


class _Probe:
    """Finds which messages match, by ranges of ids; if these are scattered, reads all matches."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._all: set[int] | None = None

    def __call__(self, message_ids: set[int]) -> set[int]:
        """Which of `message_ids` match."""
        ranges = _ranges(sorted(message_ids)) if self._all is None else []
        if self._all is None and len(ranges) > _RANGES:
            self._all = set(_matches(self._expression))
        if self._all is not None:
            return self._all & message_ids
        found = [database.rows(_IN_RANGE, (self._expression, *range_)) for range_ in ranges]
        return message_ids.intersection(id_ for rows in found for (id_,) in rows)


_IN_RANGE = "SELECT rowid FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"


def _ranges(ids: Sequence[int]) -> list[tuple[int, int]]:
    """(first, last) of each run of ids without a wide gap."""
    starts = [n for n in range(len(ids)) if n == 0 or ids[n] - ids[n - 1] > _GAP]
    ends = [*starts[1:], len(ids)]
    return [(ids[start], ids[end - 1]) for start, end in zip(starts, ends, strict=True)]


def matching(text: str, conversation_ids: Sequence[int]) -> set[int]:
    """Which of the conversations have a message with these words."""
    owner: dict[int, int] = {}
    for chunk in _chunks(conversation_ids):
        sql = f"SELECT id, conversation_id FROM message WHERE conversation_id IN ({database.marks(len(chunk))})"
        owner.update(database.rows(sql, chunk))
    expression = compile_query(text)
    if len(owner) > _PROBES:
        return {owner[id_] for id_ in _matches(expression) if id_ in owner}
    probe = "SELECT 1 FROM search WHERE search MATCH ? AND rowid = ?"
    return {owner[id_] for id_ in owner if database.row(probe, (expression, id_))}


def _matches(expression: str, most: int = -1) -> array[int]:
    if not expression:
        return array("q")
    sql = "SELECT rowid FROM search WHERE search MATCH ? LIMIT ?"
    found = database.rows(sql, (expression, most))
    return array("q", [id_ for (id_,) in found])


def _join(message_ids: Sequence[int], limit: int, where: str, account: tuple[int, ...]) -> ListIds:
    """Look up the conversations of the messages and sort them."""
    conversations: set[int] = set()
    for chunk in _chunks(message_ids):
        sql = f"SELECT DISTINCT conversation_id FROM message WHERE id IN ({database.marks(len(chunk))})"
        conversations.update(id_ for (id_,) in database.rows(sql, chunk))
    keys = _kept(list(conversations), where, account)
    ordered = sorted(keys.items(), key=lambda item: (item[1], item[0]), reverse=True)
    return from_pairs(ordered[:limit])


def _kept(conversation_ids: Sequence[int], where: str, account: tuple[int, ...]) -> dict[int, int]:
    keys: dict[int, int] = {}
    for chunk in _chunks(conversation_ids):
        sql = f"""SELECT id, newest_at FROM conversation NOT INDEXED
            WHERE id IN ({database.marks(len(chunk))}) AND {where}"""
        keys.update(database.rows(sql, (*chunk, *account)))
    return keys


def _walk(
    match: Callable[[set[int]], set[int]], limit: int, where: str, account: tuple[int, ...]
) -> ListIds:
    """Read conversations from the newest on, and keep `limit` of those with a match."""
    pairs: list[tuple[int, int]] = []
    last = (1 << 62, 1 << 62)
    while len(pairs) < limit:
        step = database.rows(_STEP, (*last, _WALK_CONVERSATIONS))
        if not step:
            break
        found = match({message_id for _, _, message_id in step})
        hits = {id_: key for id_, key, message_id in step if message_id in found}
        kept = _kept(list(hits), where, account)
        pairs.extend((id_, key) for id_, key in hits.items() if id_ in kept)
        last = (step[-1][1], step[-1][0])
    return from_pairs(pairs[:limit])


# Two indexes alone answer this: conversation_newest and message_conversation.
_STEP = """SELECT newest.id, newest.newest_at, message.id FROM
    (SELECT id, newest_at FROM conversation WHERE (newest_at, id) < (?, ?)
     ORDER BY newest_at DESC, id DESC LIMIT ?) AS newest
    CROSS JOIN message ON message.conversation_id = newest.id
    ORDER BY newest.newest_at DESC, newest.id DESC"""


def _chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def folded(text: str) -> str:
    """Lower case, and letters without their marks: `Õunapuu` becomes `ounapuu`."""
    if text.isascii():
        return text.casefold()
    # Marks go twice: normalizing sorts the marks of a letter, in time quadratic in their number.
    return _unmarked(unicodedata.normalize("NFKD", _unmarked(fold(text)))).casefold()


def _unmarked(text: str) -> str:
    return "".join([c for c in text if not unicodedata.combining(c)])


def search_text(first: str, others: Iterable[str]) -> str:
    """One folded line per value; a list is sorted by the first."""
    return "\n".join([folded(" ".join(text.split())) for text in (first, *others) if text])
