"""Queries: what lists, panels, histories and windows show; they change nothing. Imports `deletion`
and all below, not `intake`.
"""
