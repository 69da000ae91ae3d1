"""Intake: take mail in and link it by rules. Imports `deletion` and all below, not `queries`."""
