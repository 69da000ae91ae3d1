"""The HTML of mail made safe to show. No network in it.

It may import `errors`, `timing` and `providers` of `sync`, and no neighbour.
"""
