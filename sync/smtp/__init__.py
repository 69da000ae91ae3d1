"""Tries an SMTP server: connect, encrypt, sign in, hang up. No mail is sent yet.

It may import `session` and `net` and what lies below them, and not `engine`.
"""
