"""Queries: what lists, panels, histories and windows show. They only read.

Imports `deletion` and all below, not `intake`.
"""
