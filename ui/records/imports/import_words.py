"""Turns fields and problems of an import into text."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from models.files.drafts import Problem

_CONTEXT = "Import"


def field(code: str) -> str:
    """The name of the field that a column holds. A label follows a colon."""
    name, _, label = code.partition(":")
    tr = QCoreApplication.translate
    words = {
        "": tr(_CONTEXT, "Leave out"),
        "name": tr(_CONTEXT, "Name or title"),
        "first_name": tr(_CONTEXT, "First name"),
        "middle_name": tr(_CONTEXT, "Middle name"),
        "last_name": tr(_CONTEXT, "Last name"),
        "address": tr(_CONTEXT, "Email address"),
        "phone": tr(_CONTEXT, "Phone"),
        "organization": tr(_CONTEXT, "Organization"),
        "title": tr(_CONTEXT, "Job title"),
        "note": tr(_CONTEXT, "Note"),
        "domain": tr(_CONTEXT, "Mail domain"),
        "value": tr(_CONTEXT, "Value"),
        "currency": tr(_CONTEXT, "Currency"),
        "stage": tr(_CONTEXT, "Stage"),
        "status": tr(_CONTEXT, "Status"),
        "expected_close": tr(_CONTEXT, "Expected close"),
        "person": tr(_CONTEXT, "Person"),
        "created": tr(_CONTEXT, "Created"),
    }
    text = words.get(name, name)
    return f"{text} ({label})" if label else text


def problem(found: Problem) -> str:
    """Line 12: there is no name."""
    tr = QCoreApplication.translate
    words = {
        "no_name": tr(_CONTEXT, "there is no name"),
        "bad_address": tr(_CONTEXT, "this is no email address: {}"),
        "bad_value": tr(_CONTEXT, "this is no amount: {}"),
        "bad_date": tr(_CONTEXT, "this is no date: {}"),
        "bad_status": tr(_CONTEXT, "this status is not known: {}"),
        "too_few_cells": tr(_CONTEXT, "cells are missing"),
        "too_many_cells": tr(_CONTEXT, "there are more cells than columns"),
        "bad_quotes": tr(_CONTEXT, "a quotation mark is not closed"),
        "cut_off": tr(_CONTEXT, "the file ends in the middle of it"),
        "unreadable": tr(_CONTEXT, "it can't be read"),
    }
    reason = words.get(found.code, found.code).format(found.value)
    return tr(_CONTEXT, "Line {number}: {reason}").format(number=found.number, reason=reason)
