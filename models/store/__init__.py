"""Store: the database, its migrations, and what belongs to no single subject. Imports no other
package of `models`.
"""
