"""The IMAP session: opening, reading, waiting, against Dovecot and scripted servers."""
