"""What happens to mail: what waits for a server, what is held back, why a mail is where it is.

May import every package of `ui` but `window`, the only one that imports it.
"""
