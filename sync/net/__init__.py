"""Sockets, TLS, certificates, and the errors that a refusal becomes; for IMAP, SMTP and OAuth.

It may import the modules at the top of `sync` except `connecting`, and no neighbour.
"""
