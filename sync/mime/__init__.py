"""Mail taken apart: header fields, text, attachments, identity. No network in it.

It may import `errors`, `timing` and `providers` of `sync`, and no neighbour.
"""
