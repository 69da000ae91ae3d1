"""What happens to the mail: what waits for servers, what is held back, why a mail is where it is.

May import every package of `ui` but `window`, the only one that imports it.
"""
