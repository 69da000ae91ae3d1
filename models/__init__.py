"""The store: tables, rules of the domain, queries of the lists. No Qt, no network.

The packages are layers: commands, files, intake and queries, deletion, server, mail, records,
accounts, `events`, store. Each imports only packages that come after it.
"""
