"""Finds quoted mail in HTML that is already clean, and marks it to be folded.

Works on text: the cleaned fragment is well-formed, so the end of an element is found by counting.
"""

from __future__ import annotations

import re
from itertools import islice

FOLD_START = '<details class="dp-quote"><summary></summary>'
FOLD_END = "</details><!--dp-quote-->"
_MOST_TRIES = 12  # the most tries, since each reads the whole fragment

# What mail programs wrap around the quoted mail.
_START = re.compile(
    r"<(div|blockquote|table)\b(?=[^>]{0,600}\b(?:class|id|type)=\"[^\"]{0,200}"
    r"\b(?:gmail_quote|gmail_quote_container|yahoo_quoted|protonmail_quote|moz-cite-prefix"
    r"|divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|zmail_extra|tutanota_quote|cite)\b)"
    r"|<(blockquote)\b",
    re.IGNORECASE,
)
_ANNOUNCEMENT = re.compile(r"moz-cite-prefix|divRplyFwdMsg", re.IGNORECASE)
_FOLLOWER = re.compile(r"\s*<(blockquote|div)\b", re.IGNORECASE)
_FORWARDED = re.compile(r"-{5,}\s*Forwarded message|Begin forwarded message", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r"<img\b", re.IGNORECASE)


def fold_quotes(fragment: str) -> str:
    """Mark the quoted mail at the end. Unchanged if there is little else."""
    for found in islice(_START.finditer(fragment), _MOST_TRIES):
        name = (found[1] or found[2]).lower()
        start = found.start()
        end = _end_of(fragment, name, start)
        if end is None:
            return fragment
        opening = fragment[start : fragment.find(">", start)]
        end = _with_followers(fragment, opening, end)
        if not _is_worth_folding(fragment, start, end):
            continue
        return f"{fragment[:start]}{FOLD_START}{fragment[start:end]}{FOLD_END}{fragment[end:]}"
    return fragment


def without_quotes(fragment: str) -> str:
    """The fragment without the folded part, for a view that cannot fold."""
    start, end = fragment.find(FOLD_START), fragment.find(FOLD_END)
    if start < 0 or end < 0:
        return fragment
    return fragment[:start] + fragment[end + len(FOLD_END) :]


def unfolded(fragment: str) -> str:
    """The fragment as it was before folding."""
    return fragment.replace(FOLD_START, "").replace(FOLD_END, "")


def _is_worth_folding(fragment: str, start: int, end: int) -> bool:
    """Whether to fold: text before it, almost nothing after it, and it is no forwarded mail."""
    before, after = _words(fragment[:start]), _words(fragment[end:])
    quoted = fragment[start:end]
    if _FORWARDED.search(quoted[:3000]) or _FORWARDED.search(before[-200:]):
        return False
    has_own = bool(before) or _PICTURE.search(fragment[:start]) is not None
    return has_own and len(after) < 400 and len(_words(quoted)) > 20


def _words(fragment: str) -> str:
    return _TAG.sub("", fragment).replace("&nbsp;", " ").strip()


def _end_of(fragment: str, name: str, start: int) -> int | None:
    """The end of the element that opens at `start`."""
    depth = 0
    for tag in re.compile(rf"<(/?){name}\b[^>]*>", re.IGNORECASE).finditer(fragment, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return None


def _with_followers(fragment: str, opening: str, end: int) -> int:
    """Include Thunderbird's "On … wrote" and Outlook's header, which stand before the quote."""
    found = _FOLLOWER.match(fragment, end)
    if found is None or _ANNOUNCEMENT.search(opening) is None:
        return end
    after = _end_of(fragment, found[1].lower(), found.start(1) - 1)
    return end if after is None else after
