"""Server: what the store knows of a server: mailboxes, locations, UIDs, and operations to be done.
Imports `mail` and all below.
"""
