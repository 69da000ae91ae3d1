"""Makes the style sheets of a mail safe and local: nothing in them can load, frame or cover.

Every URL that is not the mail's own picture (`cid:`, `data:image/…`) becomes `none`, at-rules that
load are dropped, and selectors that mean the whole page (`html`, `body`, `:root`) are rewritten to
the wrapper that stands for the mail's body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import tinycss2
from tinycss2 import ast

WRAPPER = "dp-body"

# Functions that take an address, run something or draw from elsewhere; `url` is handled apart.
_LOADING = frozenset(
    [
        "src",
        "image",
        "image-set",
        "-webkit-image-set",
        "cross-fade",
        "-webkit-cross-fade",
        "element",
        "-moz-element",
        "paint",
        "expression",
        "attr",
    ]
)
_GROUPS = frozenset({"media", "supports", "layer", "container"})
_NEVER = frozenset({"behavior", "-moz-binding", "-ms-behavior", "src", "-webkit-app-region"})
_NEVER_PAGE = ("host", "slotted", "part", "host-context", "defined", "visited")
# Characters that cannot form a function, an escape, a comment or a property that matters.
_HARMLESS = re.compile(r"[\w\s:;#%.,!\"'-]*")
_LOOKED_AT = re.compile(r"position|behavior|binding|cursor|app-region|\bsrc\b", re.IGNORECASE)
_COLOURED = re.compile(
    r"(?:^|[;{\s])(?:background(?:-color|-image)?|color)\s*:\s*(?!\s*(?:inherit|initial|unset|none)\b)",
    re.IGNORECASE,
)
_WRAPPERS = re.compile(rf"\.{WRAPPER}(?:\s*[> ]\s*\.{WRAPPER})+")

UrlCheck = Callable[[str], str | None]


def sets_colours(css: str) -> bool:
    """Whether these declarations or rules choose a text or background colour."""
    return _COLOURED.search(css) is not None


def clean_declarations(css: str, allowed_url: UrlCheck) -> str:
    """A style attribute without anything that could load or cover."""
    if _HARMLESS.fullmatch(css) and not _LOOKED_AT.search(css):
        return css
    parsed = tinycss2.parse_declaration_list(css, skip_comments=True, skip_whitespace=True)
    return _declarations(parsed, allowed_url)


def clean_sheet(css: str, allowed_url: UrlCheck) -> str:
    """A style sheet, ready for a `<style>` of the mail's own shadow root."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return _rules(rules, allowed_url, depth=0).replace("</", "<\\/")


def _declarations(parsed: Iterable[Any], allowed_url: UrlCheck) -> str:
    kept = (_declaration(one, allowed_url) for one in parsed if isinstance(one, ast.Declaration))
    return ";".join(text for text in kept if text)


def _declaration(one: ast.Declaration, allowed_url: UrlCheck) -> str:
    name: str = one.lower_name
    if name in _NEVER or "\\" in name:
        return ""
    value = _values(one.value, allowed_url)
    text = tinycss2.serialize(value).strip()
    lowered = text.lower()
    if name == "position" and ("fixed" in lowered or "sticky" in lowered):
        return ""
    if name == "cursor" and ("," in lowered or "none" in lowered):
        return ""
    important = " !important" if one.important else ""
    return f"{name}:{text}{important}"


def _values(tokens: Iterable[Any], allowed_url: UrlCheck) -> list[Any]:
    """The tokens of a value, with every address that may not load replaced by `none`."""
    kept: list[Any] = []
    for token in tokens:
        if isinstance(token, ast.ParseError):
            continue
        kept.append(_value(token, allowed_url))
    return kept


def _value(token: Any, allowed_url: UrlCheck) -> Any:
    if isinstance(token, ast.URLToken):
        return _address(token, token.value, allowed_url)
    if isinstance(token, ast.FunctionBlock):
        if token.lower_name == "url":
            inner = "".join(t.value for t in token.arguments if isinstance(t, ast.StringToken))
            return _address(token, inner, allowed_url)
        if token.lower_name in _LOADING or "\\" in token.name:
            _addresses(token.arguments, allowed_url)
            return _none(token)
        token.arguments = _values(token.arguments, allowed_url)
    elif isinstance(token, ast.ParenthesesBlock | ast.SquareBracketsBlock | ast.CurlyBracketsBlock):
        token.content = _values(token.content, allowed_url)
    return token


def _addresses(tokens: Iterable[Any], allowed_url: UrlCheck) -> None:
    """Count the addresses that a dropped function would have loaded."""
    for token in tokens:
        if isinstance(token, ast.URLToken | ast.StringToken):
            allowed_url(token.value)
        elif isinstance(token, ast.FunctionBlock):
            _addresses(token.arguments, allowed_url)


def _address(token: Any, address: str, allowed_url: UrlCheck) -> Any:
    allowed = allowed_url(address)
    if allowed is None:
        return _none(token)
    quoted = tinycss2.parse_one_component_value(f'url("{_escaped(allowed)}")')
    return _none(token) if isinstance(quoted, ast.ParseError) else quoted


def _escaped(address: str) -> str:
    return "".join(f"\\{ord(c):x} " if c in "\"\\\n\r\f<>()'" else c for c in address)


def _none(token: Any) -> ast.IdentToken:
    return ast.IdentToken(token.source_line, token.source_column, "none")


def _rules(rules: Iterable[Any], allowed_url: UrlCheck, depth: int) -> str:
    return "\n".join(filter(None, (_rule(rule, allowed_url, depth) for rule in rules)))


def _rule(rule: Any, allowed_url: UrlCheck, depth: int) -> str:
    if isinstance(rule, ast.QualifiedRule):
        selector = _selector(rule.prelude)
        parsed = tinycss2.parse_blocks_contents(
            rule.content, skip_comments=True, skip_whitespace=True
        )
        body = _declarations(parsed, allowed_url)
        return f"{selector}{{{body}}}" if selector and body else ""
    if isinstance(rule, ast.AtRule) and rule.lower_at_keyword in _GROUPS and depth < 8:
        if rule.content is None:
            return ""
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        body = _rules(inner, allowed_url, depth + 1)
        prelude = tinycss2.serialize(_values(rule.prelude, lambda _address: None))
        return f"@{rule.lower_at_keyword}{prelude}{{{body}}}" if body else ""
    return ""


def _selector(prelude: list[Any]) -> str:
    """The selectors with the page's elements rewritten, or '' if they reach out of the mail."""
    if _reaches_out(prelude):
        return ""
    return _WRAPPERS.sub(f".{WRAPPER}", tinycss2.serialize(_rewritten(prelude))).strip()


def _reaches_out(tokens: Iterable[Any]) -> bool:
    for token in tokens:
        if isinstance(token, ast.IdentToken) and token.lower_value in _NEVER_PAGE:
            return True
        if isinstance(token, ast.FunctionBlock) and (
            token.lower_name in _NEVER_PAGE or _reaches_out(token.arguments)
        ):
            return True
    return False


def _rewritten(tokens: list[Any]) -> list[Any]:
    out: list[Any] = []
    for token in tokens:
        before = out[-1] if out else None
        follows = isinstance(before, ast.LiteralToken) and before.value in (".", ":")
        if isinstance(token, ast.IdentToken) and _means_page(token, before, follows):
            if follows:
                out.pop()  # the colon of :root
            out += tinycss2.parse_component_value_list(f".{WRAPPER}")
        else:
            out.append(token)
    return out


def _means_page(token: ast.IdentToken, before: Any, follows: bool) -> bool:
    if follows:
        return bool(before.value == ":" and token.lower_value == "root")
    return token.lower_value in ("html", "body")
