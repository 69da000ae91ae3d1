"""Takes mail apart: header fields, text, attachments, identity. No network.

It may import `errors`, `timing` and `providers` of `sync`, and no neighbour.
"""
