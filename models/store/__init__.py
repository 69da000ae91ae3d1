"""Store: the database, its migrations and whatever belongs to no subject. Imports no other package
of `models`.
"""
