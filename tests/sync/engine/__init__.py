"""An account's sync against Dovecot and against a scripted server that misbehaves."""
