"""A try of an SMTP server: connect, secure, sign in, hang up. Nothing is sent yet.

It may import `session` and `net` and what lies below them, and not `engine`.
"""
