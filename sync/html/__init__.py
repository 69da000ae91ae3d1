"""Makes the HTML of mail safe to show. No network.

It may import `errors`, `timing` and `providers` of `sync`, and no neighbour.
"""
