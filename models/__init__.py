"""The store: tables, rules of the domain, queries of the lists. No Qt, no network. Its packages
stand in layers: commands, files, intake and queries, deletion, server, mail, records, accounts,
store; each imports only what comes after it.
"""
