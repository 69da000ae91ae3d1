"""Server: what the store knows about a server: mailboxes, locations, UIDs and open operations.
Imports `mail` and all below.
"""
