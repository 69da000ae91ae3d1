"""The store: tables, rules of the domain, queries of the lists. No Qt, no network."""
