"""What setting up an account, and living with it, has to remember."""

from __future__ import annotations

STATEMENTS = (
    # Merge 16 segments of the index at a time instead of 4: rewrites words half as often, and a
    # search looks at a few segments more. Above 16 comes FTS5's merge of all of a level at once.
    "INSERT INTO search (search, rank) VALUES ('automerge', 16)",
    "INSERT INTO search (search, rank) VALUES ('crisismerge', 32)",
    # It costs a quarter of the time to index, and does not spare the wipe its work: words stay
    # in the index's first-word table and in the log. The wipe writes the whole index anew.
    "INSERT INTO search (search, rank) VALUES ('secure-delete', 0)",
    # The entry of the OAuth configuration that this account signs in with; '' with a password.
    "ALTER TABLE account ADD COLUMN oauth_provider TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE account ADD COLUMN signature TEXT NOT NULL DEFAULT ''",
    # Past mail was asked for once: whose mail comes is settled (S5).
    "ALTER TABLE account ADD COLUMN past_started INTEGER NOT NULL DEFAULT 0",
    "UPDATE account SET past_started = 1 WHERE start <> 'now'",
    # Everybody's mail of the chosen labels is wanted from then on, whatever a past sync leaves out.
    "ALTER TABLE account ADD COLUMN whole_since INTEGER NOT NULL DEFAULT 0",
    """UPDATE account SET whole_since = CASE WHEN start = 'now' OR scope = 'contacts'
        THEN max(start_at, created_at) ELSE start_at END""",
    # Which past sync a cursor belongs to: what an earlier one still writes is no news of this one.
    "ALTER TABLE account ADD COLUMN past_run INTEGER NOT NULL DEFAULT 0",
    # Chosen after the first past sync: its past mail comes whole, whatever the scope was (S5, S6).
    "ALTER TABLE mailbox ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 0",
    # The past sync that runs brings back what was deleted here until then (R8); 0: nothing.
    "ALTER TABLE mailbox ADD COLUMN bring_back_before INTEGER NOT NULL DEFAULT 0",
    # How many messages of the range are behind the past sync, of how many.
    "ALTER TABLE mailbox ADD COLUMN past_done INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE mailbox ADD COLUMN past_total INTEGER NOT NULL DEFAULT 0",
    # It could be read once; and since when the server refuses to open it though LIST names it.
    "ALTER TABLE mailbox ADD COLUMN was_open INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE mailbox ADD COLUMN refused_since INTEGER",
    "UPDATE mailbox SET was_open = 1 WHERE is_chosen = 1 AND backfill_uid > 0",
    # history | linked | nothing while the account is being removed; a crash does not end that.
    "ALTER TABLE account ADD COLUMN removing TEXT NOT NULL DEFAULT ''",
    # JSON while known mail is looked at anew because the person's own addresses changed.
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
    # "What happened" finds mail that is gone by sender, subject, and what was kept out later.
    "CREATE INDEX ledger_from ON ledger (from_key) WHERE from_key IS NOT NULL",
    "CREATE INDEX ledger_subject ON ledger (subject_key) WHERE subject_key IS NOT NULL",
    "CREATE INDEX ledger_conversation ON ledger (conversation_id) WHERE conversation_id NOT NULL",
    """CREATE INDEX ledger_kept_out ON ledger (json_extract(evidence, '$.identity'))
        WHERE kind = 'kept_out'""",
)
