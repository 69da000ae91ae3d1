"""The mailboxes of an account: kept in step with the server, their roles, and which are closed.

It may import `fetch`, `context`, `quarantine` and `judge`.
"""
