"""Add what is stored while an account is set up, synced and removed, and by imports and health."""

from __future__ import annotations

STATEMENTS = (
    # Merge 16 segments of the index at a time instead of 4. Words are rewritten half as often, and
    # a search reads a few more segments. Above 16, FTS5 merges all segments of a level at once.
    "INSERT INTO search (search, rank) VALUES ('automerge', 16)",
    "INSERT INTO search (search, rank) VALUES ('crisismerge', 32)",
    # secure-delete takes a quarter of the time to index, and the wipe is needed all the same: words
    # stay in the index's first-word table and in the log. The wipe rewrites the whole index.
    "INSERT INTO search (search, rank) VALUES ('secure-delete', 0)",
    # The entry of the OAuth configuration that this account signs in with; '' for a password.
    "ALTER TABLE account ADD COLUMN oauth_provider TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE account ADD COLUMN signature TEXT NOT NULL DEFAULT ''",
    # Whether past mail was ever asked for. From then on the scope cannot be chosen again (S5).
    "ALTER TABLE account ADD COLUMN past_started INTEGER NOT NULL DEFAULT 0",
    "UPDATE account SET past_started = 1 WHERE start <> 'now'",
    # From this time on everyone's mail of the chosen labels is wanted, whatever a past sync omits.
    "ALTER TABLE account ADD COLUMN whole_since INTEGER NOT NULL DEFAULT 0",
    """UPDATE account SET whole_since = CASE WHEN start = 'now' OR scope = 'contacts'
        THEN max(start_at, created_at) ELSE start_at END""",
    # Number of the current past sync. A step of an earlier one must not move this one's cursor.
    "ALTER TABLE account ADD COLUMN past_run INTEGER NOT NULL DEFAULT 0",
    # Chosen after the first past sync: all its past mail comes, whatever the scope was (S5, S6).
    "ALTER TABLE mailbox ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 0",
    # The running past sync brings back what was deleted here until this time (R8); 0: nothing.
    "ALTER TABLE mailbox ADD COLUMN bring_back_before INTEGER NOT NULL DEFAULT 0",
    # How many messages of the range the past sync has passed, of how many.
    "ALTER TABLE mailbox ADD COLUMN past_done INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE mailbox ADD COLUMN past_total INTEGER NOT NULL DEFAULT 0",
    # Whether it was ever opened, and since when the server refuses to open it though LIST names it.
    "ALTER TABLE mailbox ADD COLUMN was_open INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE mailbox ADD COLUMN refused_since INTEGER",
    "UPDATE mailbox SET was_open = 1 WHERE is_chosen = 1 AND backfill_uid > 0",
    # history | linked | nothing while the account is being removed; a crash does not end that.
    "ALTER TABLE account ADD COLUMN removing TEXT NOT NULL DEFAULT ''",
    # JSON while known mail is looked at again because the user's own addresses changed.
    "ALTER TABLE account ADD COLUMN remarking TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE trusted_certificate (            -- that the person trusts though nobody vouches for it
        host TEXT NOT NULL,                          -- lower case
        fingerprint TEXT NOT NULL,                   -- SHA-256 of the DER form, AA:BB:…
        subject TEXT NOT NULL DEFAULT '',            -- whom it names
        expires_at INTEGER,
        trusted_at INTEGER NOT NULL,
        PRIMARY KEY (host, fingerprint)) WITHOUT ROWID""",
    """CREATE TABLE health (                        -- what was found out about an account's servers
        account_id INTEGER PRIMARY KEY REFERENCES account ON DELETE CASCADE,
        checked_at INTEGER NOT NULL,
        report TEXT NOT NULL)""",
    """CREATE TABLE imported_record (               -- of the import that runs: what a crash would take back
        record_key TEXT PRIMARY KEY,
        before TEXT NOT NULL DEFAULT '') WITHOUT ROWID  -- '' if the import made it, else JSON""",
    # "What happened" finds mail that is gone by sender, by subject, and by what was kept out later.
    "CREATE INDEX ledger_from ON ledger (from_key) WHERE from_key IS NOT NULL",
    "CREATE INDEX ledger_subject ON ledger (subject_key) WHERE subject_key IS NOT NULL",
    "CREATE INDEX ledger_conversation ON ledger (conversation_id) WHERE conversation_id NOT NULL",
    """CREATE INDEX ledger_kept_out ON ledger (json_extract(evidence, '$.identity'))
        WHERE kind = 'kept_out'""",
)
