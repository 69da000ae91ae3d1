"""Intake: mail comes in and is linked by rules. Imports `deletion` and all below, not `queries`."""
