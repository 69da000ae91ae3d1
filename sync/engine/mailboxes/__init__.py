"""The mailboxes of an account: kept in step with LIST, their roles, and which are closed.

It may import `fetch`, `context`, `quarantine` and `judge`.
"""
