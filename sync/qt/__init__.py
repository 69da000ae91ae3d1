"""The threads: one worker per account, the command thread, the reader, and their service."""
