"""Sockets, TLS, certificates, and what a server's refusal means: for IMAP, SMTP and OAuth alike.

It may import the modules at the top of `sync`, but no neighbour and not `connecting`.
"""
