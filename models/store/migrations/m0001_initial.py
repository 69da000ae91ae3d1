"""The first schema.

Every `*_at` is milliseconds since 1970 in UTC. Booleans are 0 or 1. Columns that hold
words of a mail (subjects, names, addresses, bodies) carry no index: a page of an index
outlives the row it was made from until the next VACUUM. What has to be found by a
Message-ID or an address is found by a keyed 64-bit hash (`*_key`).
"""

from __future__ import annotations

STATEMENTS = (
    # --- the profile -----------------------------------------------------------------
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE account (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        address TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '',               -- the person's, in From
        kind TEXT NOT NULL DEFAULT 'personal',       -- personal | team
        auth TEXT NOT NULL DEFAULT 'password',       -- password | oauth2
        user_name TEXT NOT NULL DEFAULT '',          -- IMAP sign-in name; '' is the address
        smtp_user_name TEXT NOT NULL DEFAULT '',
        imap_host TEXT NOT NULL, imap_port INTEGER NOT NULL, imap_security TEXT NOT NULL,
        smtp_host TEXT NOT NULL, smtp_port INTEGER NOT NULL, smtp_security TEXT NOT NULL,
        plain_text_agreed INTEGER NOT NULL DEFAULT 0,
        all_labels INTEGER NOT NULL DEFAULT 0,
        start TEXT NOT NULL DEFAULT '1m',            -- now 1m 3m 6m 1y
        start_at INTEGER NOT NULL DEFAULT 0,         -- past mail older than this stays out
        scope TEXT NOT NULL DEFAULT 'everyone',      -- everyone | contacts, of the first past sync
        track_receipts INTEGER NOT NULL DEFAULT 0,
        track_delivery INTEGER NOT NULL DEFAULT 0,
        archive_on_server INTEGER NOT NULL DEFAULT 0, -- read for a team account only (R1)
        delete_on_server INTEGER NOT NULL DEFAULT 0,
        read_only INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'active',        -- active | stopped | needs_sign_in
        set_up INTEGER NOT NULL DEFAULT 0,           -- watermarks of all mailboxes were taken
        created_at INTEGER NOT NULL,
        last_success_at INTEGER)""",
    """CREATE TABLE account_alias (
        id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        address TEXT NOT NULL)""",
    "CREATE INDEX account_alias_account ON account_alias (account_id)",
    """CREATE TABLE secret (                        -- AES-GCM; the account's id is the associated data
        account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        purpose TEXT NOT NULL,                       -- imap | smtp | oauth
        nonce BLOB NOT NULL, ciphertext BLOB NOT NULL,
        PRIMARY KEY (account_id, purpose)) WITHOUT ROWID""",
    # --- the server's mailboxes ------------------------------------------------------
    """CREATE TABLE mailbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        name TEXT NOT NULL,                          -- decoded from modified UTF-7
        delimiter TEXT NOT NULL DEFAULT '/',
        role TEXT NOT NULL DEFAULT '',               -- inbox sent archive trash drafts junk all flagged ''
        role_source TEXT NOT NULL DEFAULT '',        -- special-use | person | name
        is_selectable INTEGER NOT NULL DEFAULT 1,
        is_chosen INTEGER NOT NULL DEFAULT 0,        -- a label the person syncs
        is_mirror INTEGER NOT NULL DEFAULT 0,        -- shows copies of other mailboxes: proves nothing
        mailbox_id_server TEXT NOT NULL DEFAULT '',  -- RFC 8474 MAILBOXID
        missing_since INTEGER,                       -- not in LIST, or refused, since
        missing_asks INTEGER NOT NULL DEFAULT 0,
        uidvalidity INTEGER NOT NULL DEFAULT 0,
        uidnext INTEGER NOT NULL DEFAULT 0,          -- the snapshot taken before the last complete cycle
        message_count INTEGER NOT NULL DEFAULT 0,
        highestmodseq INTEGER NOT NULL DEFAULT 0,
        watermark INTEGER NOT NULL DEFAULT 0,        -- the lowest UID whose arrival was not taken in
        backfill_uid INTEGER NOT NULL DEFAULT 0,     -- past mail at and above is here; 0: not begun
        backfill_floor INTEGER NOT NULL DEFAULT 0,   -- lowest UID of the chosen range
        backfill_done INTEGER NOT NULL DEFAULT 0,
        full_check_at INTEGER NOT NULL DEFAULT 0,    -- last complete listing of UIDs and flags
        held_reason TEXT NOT NULL DEFAULT '',        -- uidvalidity | emptied | lower: hold vanishes
        UNIQUE (account_id, name))""",
    # --- mail ------------------------------------------------------------------------
    """CREATE TABLE conversation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        subject TEXT NOT NULL DEFAULT '',
        parties TEXT NOT NULL DEFAULT '[]',          -- JSON [[name, address], ...], newest last, own as ["", ""]
        snippet TEXT NOT NULL DEFAULT '',
        newest_at INTEGER NOT NULL DEFAULT 0,
        oldest_at INTEGER NOT NULL DEFAULT 0,
        message_count INTEGER NOT NULL DEFAULT 0,
        unread_count INTEGER NOT NULL DEFAULT 0,
        attachment_count INTEGER NOT NULL DEFAULT 0,
        incoming_count INTEGER NOT NULL DEFAULT 0,
        own_count INTEGER NOT NULL DEFAULT 0,
        draft_count INTEGER NOT NULL DEFAULT 0,
        is_archived INTEGER NOT NULL DEFAULT 0,
        archived_cause TEXT NOT NULL DEFAULT '',     -- person | server (first met in the archive mailbox)
        archived_at INTEGER,
        link_key TEXT NOT NULL DEFAULT '',           -- deal:12 | lead:3 | project:4 | ''
        link_title TEXT NOT NULL DEFAULT '')""",
    # The counts at their ends let SQLite answer from the index alone (4 times as fast): it takes
    # `= 0` from an index's condition, but reads the row for `> 0`.
    """CREATE INDEX conversation_inbox ON conversation (newest_at DESC, id DESC, incoming_count)
        WHERE is_archived = 0 AND incoming_count > 0""",
    """CREATE INDEX conversation_account_inbox
        ON conversation (account_id, newest_at DESC, id DESC, incoming_count)
        WHERE is_archived = 0 AND incoming_count > 0""",
    """CREATE INDEX conversation_unread
        ON conversation (account_id, newest_at DESC, id DESC, incoming_count, unread_count)
        WHERE is_archived = 0 AND incoming_count > 0 AND unread_count > 0""",
    """CREATE INDEX conversation_sent ON conversation (newest_at DESC, id DESC, own_count)
        WHERE own_count > 0""",
    """CREATE INDEX conversation_account_sent
        ON conversation (account_id, newest_at DESC, id DESC, own_count)
        WHERE own_count > 0""",
    "CREATE INDEX conversation_archive ON conversation (newest_at DESC, id DESC) WHERE is_archived = 1",
    """CREATE INDEX conversation_account_archive ON conversation (account_id, newest_at DESC, id DESC)
        WHERE is_archived = 1""",
    "CREATE INDEX conversation_newest ON conversation (newest_at DESC, id DESC)",
    # A record's history walks its conversations from the newest on.
    """CREATE INDEX conversation_link ON conversation (link_key, newest_at DESC, id DESC, oldest_at)
        WHERE link_key <> ''""",
    """CREATE TABLE message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        conversation_id INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
        identity BLOB NOT NULL,                      -- keyed hash of the header (sync/identity.py), 16 bytes
        server_identity TEXT NOT NULL DEFAULT '',    -- gm:… (X-GM-MSGID) or em:… (EMAILID), or ''
        message_key INTEGER,                         -- keyed hash of Message-ID, NULL without one
        message_id_header TEXT NOT NULL DEFAULT '',
        in_reply_to TEXT NOT NULL DEFAULT '',
        reference_list TEXT NOT NULL DEFAULT '',     -- space-separated Message-IDs
        subject TEXT NOT NULL DEFAULT '',
        from_name TEXT NOT NULL DEFAULT '',
        from_address TEXT NOT NULL DEFAULT '',       -- lower case
        recipients TEXT NOT NULL DEFAULT '{}',       -- JSON {"to": [[name, address]], "cc": …, "bcc": …, "reply_to": …}
        dated_at INTEGER,                            -- the Date header; shown only
        received_at INTEGER NOT NULL,                -- INTERNALDATE: order, start date, range
        size INTEGER NOT NULL DEFAULT 0,
        snippet TEXT NOT NULL DEFAULT '',
        is_own INTEGER NOT NULL DEFAULT 0,
        is_read INTEGER NOT NULL DEFAULT 0,
        is_draft INTEGER NOT NULL DEFAULT 0,
        is_past INTEGER NOT NULL DEFAULT 0,          -- came with past mail, not as an arrival
        attachment_count INTEGER NOT NULL DEFAULT 0, -- real ones, not inline pictures
        body_state TEXT NOT NULL DEFAULT 'full',     -- full | partial (attachments on demand) | none | poison
        on_junk INTEGER NOT NULL DEFAULT 0,          -- lies in the server's junk mailbox
        added_at INTEGER NOT NULL)""",
    "CREATE INDEX message_conversation ON message (conversation_id, received_at, id)",
    "CREATE INDEX message_identity ON message (account_id, identity)",
    "CREATE INDEX message_received ON message (account_id, received_at)",
    """CREATE INDEX message_server_identity ON message (account_id, server_identity)
        WHERE server_identity <> ''""",
    """CREATE TABLE message_reference (            -- every Message-ID that ties a message to its conversation
        message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        account_id INTEGER NOT NULL,
        key INTEGER NOT NULL,
        PRIMARY KEY (account_id, key, message_id)) WITHOUT ROWID""",
    "CREATE INDEX message_reference_message ON message_reference (message_id)",
    """CREATE TABLE message_address (              -- for links and 'only my contacts'; no words, hashes
        message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        key INTEGER NOT NULL,                        -- keyed hash of the address in lower case
        part TEXT NOT NULL,                          -- from to cc bcc
        PRIMARY KEY (key, message_id, part)) WITHOUT ROWID""",
    "CREATE INDEX message_address_message ON message_address (message_id)",
    """CREATE TABLE body (
        message_id INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
        raw BLOB,                                    -- zstd of the whole RFC 5322 message, NULL if partial
        header BLOB,                                 -- partial: zstd of the header block
        text BLOB,                                   -- partial: zstd of the text/plain part, decoded UTF-8
        html BLOB,                                   -- partial: zstd of the text/html part, decoded UTF-8
        indexed BLOB)                                -- zstd of the body text in the search index, to take it out again""",
    """CREATE TABLE attachment (
        id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        position INTEGER NOT NULL,                   -- index among the message's attachments
        file_name TEXT NOT NULL DEFAULT '',
        content_type TEXT NOT NULL DEFAULT '',
        size INTEGER NOT NULL DEFAULT 0,             -- decoded bytes, or the server's estimate
        content_id TEXT NOT NULL DEFAULT '',
        is_inline INTEGER NOT NULL DEFAULT 0,        -- shown by the HTML through cid:
        section TEXT NOT NULL DEFAULT '',            -- IMAP part number, for partial bodies
        encoding TEXT NOT NULL DEFAULT '',           -- its transfer encoding, for partial bodies
        content BLOB)                                -- zstd, once fetched on demand; NULL: in body.raw or not here""",
    "CREATE INDEX attachment_message ON attachment (message_id)",
    """CREATE TABLE location (
        id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        mailbox_id INTEGER NOT NULL REFERENCES mailbox ON DELETE CASCADE,
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        flags INTEGER NOT NULL DEFAULT 0,            -- bits of models.message.Flag
        modseq INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'live',          -- live | missing | hidden (by a server's cap) | held (brake)
        missing_since INTEGER,
        asks INTEGER NOT NULL DEFAULT 0,             -- sittings that confirmed the absence
        last_ask_at INTEGER,
        put_by_archive INTEGER NOT NULL DEFAULT 0,   -- our archive moved it here (R10)
        UNIQUE (mailbox_id, uidvalidity, uid))""",
    "CREATE INDEX location_message ON location (message_id)",
    "CREATE INDEX location_open_case ON location (mailbox_id) WHERE state <> 'live'",
    """CREATE TABLE arrival (                      -- the identity of every UID that appeared since set-up
        mailbox_id INTEGER NOT NULL REFERENCES mailbox ON DELETE CASCADE,
        uidvalidity INTEGER NOT NULL,
        uid INTEGER NOT NULL,
        account_id INTEGER NOT NULL,
        identity BLOB NOT NULL,
        server_identity TEXT NOT NULL DEFAULT '',
        flags INTEGER NOT NULL DEFAULT 0,
        is_gone INTEGER NOT NULL DEFAULT 0,          -- its UID was seen to be gone again
        is_kept_out INTEGER NOT NULL DEFAULT 0,      -- a tombstone keeps it out (R8)
        seen_at INTEGER NOT NULL,
        PRIMARY KEY (mailbox_id, uidvalidity, uid)) WITHOUT ROWID""",
    "CREATE INDEX arrival_identity ON arrival (account_id, identity)",
    "CREATE INDEX arrival_seen ON arrival (seen_at)",
    # --- what the person did, what the server still has to hear ------------------------
    """CREATE TABLE operation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
        command_id TEXT NOT NULL,
        kind TEXT NOT NULL,                          -- archive unarchive trash flags send append_draft append_sent
        message_id INTEGER,                          -- no foreign key: a trash outlives its message
        identity BLOB NOT NULL,
        server_identity TEXT NOT NULL DEFAULT '',
        payload TEXT NOT NULL DEFAULT '{}',          -- JSON, no words: sources, destination, mark, flags
        state TEXT NOT NULL DEFAULT 'pending',       -- pending running waiting done refused cancelled
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try_at INTEGER NOT NULL DEFAULT 0,
        server_words TEXT NOT NULL DEFAULT '',       -- the server's last answer, without mail's words
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL)""",
    """CREATE INDEX operation_open ON operation (account_id, next_try_at, id)
        WHERE state IN ('pending', 'running', 'waiting')""",
    """CREATE INDEX operation_message ON operation (message_id)
        WHERE state IN ('pending', 'running', 'waiting')""",
    "CREATE INDEX operation_identity ON operation (account_id, identity)",
    "CREATE INDEX operation_refused ON operation (account_id) WHERE state = 'refused'",
    """CREATE TABLE tombstone (
        id INTEGER PRIMARY KEY,
        address_key INTEGER NOT NULL,                -- keyed hash of the account's address: outlives its row
        identity BLOB NOT NULL,
        kind TEXT NOT NULL,                          -- own (R8) | external
        copies INTEGER NOT NULL DEFAULT 1,           -- of k equal mails so many stay away
        server_identities TEXT NOT NULL DEFAULT '[]',
        snapshot TEXT NOT NULL DEFAULT '{}',         -- external: record ids and archive state, 30 days, no words
        snapshot_until INTEGER,
        deleted_at INTEGER NOT NULL,
        UNIQUE (address_key, identity, kind))""",
    """CREATE TABLE ledger (                       -- why a mail is here, or not here (X1); holds no words
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        account_id INTEGER,
        kind TEXT NOT NULL,                          -- arrival move archive restore delete hold link refused …
        cause TEXT NOT NULL,                         -- person | sync | server | rule
        message_id INTEGER,
        conversation_id INTEGER,
        message_key INTEGER,
        from_key INTEGER,
        subject_key INTEGER,
        record_keys TEXT NOT NULL DEFAULT '[]',
        evidence TEXT NOT NULL DEFAULT '{}')""",
    "CREATE INDEX ledger_message ON ledger (message_id)",
    "CREATE INDEX ledger_keys ON ledger (message_key)",
    # --- records: `folded` is what a list sorts by and searches, without case and accents ---
    """CREATE TABLE organization (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
        folded TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL)""",
    "CREATE INDEX organization_folded ON organization (folded)",
    """CREATE TABLE organization_domain (
        id INTEGER PRIMARY KEY, organization_id INTEGER NOT NULL REFERENCES organization ON DELETE CASCADE,
        domain TEXT NOT NULL, key INTEGER NOT NULL)""",
    "CREATE INDEX organization_domain_key ON organization_domain (key)",
    "CREATE INDEX organization_domain_organization ON organization_domain (organization_id)",
    """CREATE TABLE person (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,
        organization_id INTEGER REFERENCES organization ON DELETE SET NULL,
        title TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
        folded TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL)""",
    "CREATE INDEX person_folded ON person (folded, organization_id)",
    "CREATE INDEX person_organization ON person (organization_id)",
    """CREATE TABLE person_address (
        id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        address TEXT NOT NULL, key INTEGER NOT NULL, label TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX person_address_key ON person_address (key)",
    "CREATE INDEX person_address_person ON person_address (person_id)",
    """CREATE TABLE person_phone (
        id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        phone TEXT NOT NULL, label TEXT NOT NULL DEFAULT '')""",
    "CREATE INDEX person_phone_person ON person_phone (person_id)",
    """CREATE TABLE stage (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, position INTEGER NOT NULL)""",
    """INSERT INTO stage (id, name, position) VALUES (1, 'Qualified', 1), (2, 'Contact made', 2),
        (3, 'Meeting held', 3), (4, 'Proposal made', 4), (5, 'Negotiation', 5)""",
    """CREATE TABLE deal (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL,
        value_cents INTEGER, currency TEXT NOT NULL DEFAULT '',
        stage_id INTEGER REFERENCES stage, status TEXT NOT NULL DEFAULT 'open', -- open won lost
        expected_close TEXT NOT NULL DEFAULT '',     -- ISO date
        organization_id INTEGER REFERENCES organization ON DELETE SET NULL,
        note TEXT NOT NULL DEFAULT '', folded TEXT NOT NULL DEFAULT '',
        created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL, closed_at INTEGER)""",
    "CREATE INDEX deal_stage ON deal (stage_id)",
    "CREATE INDEX deal_organization ON deal (organization_id)",
    """CREATE TABLE lead (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, value_cents INTEGER,
        currency TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT 'open', -- open converted archived
        organization_id INTEGER REFERENCES organization ON DELETE SET NULL,
        note TEXT NOT NULL DEFAULT '', folded TEXT NOT NULL DEFAULT '',
        created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL)""",
    "CREATE INDEX lead_organization ON lead (organization_id)",
    """CREATE TABLE project (
        id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open', -- open done cancelled
        organization_id INTEGER REFERENCES organization ON DELETE SET NULL,
        note TEXT NOT NULL DEFAULT '', folded TEXT NOT NULL DEFAULT '',
        created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL)""",
    "CREATE INDEX project_organization ON project (organization_id)",
    """CREATE TABLE record_person (               -- the persons of a deal, lead or project
        record_key TEXT NOT NULL, person_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        PRIMARY KEY (record_key, person_id)) WITHOUT ROWID""",
    "CREATE INDEX record_person_person ON record_person (person_id)",
    """CREATE TABLE link (                         -- conversation with its one deal, lead or project (M14)
        conversation_id INTEGER PRIMARY KEY REFERENCES conversation ON DELETE CASCADE,
        record_key TEXT NOT NULL, origin TEXT NOT NULL, -- person | rule
        reason TEXT NOT NULL DEFAULT '{}', linked_at INTEGER NOT NULL)""",
    "CREATE INDEX link_record ON link (record_key)",
    """CREATE TABLE link_offer (                   -- candidates that the conversation asks about
        conversation_id INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
        record_key TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '{}', offered_at INTEGER NOT NULL,
        PRIMARY KEY (conversation_id, record_key)) WITHOUT ROWID""",
    "CREATE INDEX link_offer_record ON link_offer (record_key)",
    """CREATE TABLE message_person (               -- a message with the persons whose address it has (M12)
        message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        person_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        received_at INTEGER NOT NULL DEFAULT 0,      -- the message's: a history is read in this order
        is_by_hand INTEGER NOT NULL DEFAULT 0,       -- the person linked it, not the address
        PRIMARY KEY (person_id, received_at, message_id)) WITHOUT ROWID""",
    "CREATE INDEX message_person_message ON message_person (message_id)",
    """CREATE TABLE message_person_refused (       -- unlinked by hand: the rule leaves it alone
        person_id INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        message_id INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        PRIMARY KEY (person_id, message_id)) WITHOUT ROWID""",
    "CREATE INDEX message_person_refused_message ON message_person_refused (message_id)",
    """CREATE TABLE history_entry (                -- notes, stage and status changes; mails come from the links
        id INTEGER PRIMARY KEY AUTOINCREMENT, record_key TEXT NOT NULL, kind TEXT NOT NULL,
        at INTEGER NOT NULL, content TEXT NOT NULL DEFAULT '{}')""",
    "CREATE INDEX history_entry_record ON history_entry (record_key, at DESC)",
    # --- search: contentless ------------------------------------------------------------
    # The prefix indexes make the first two typed letters 5 times as fast and inserts a third slower.
    """CREATE VIRTUAL TABLE search USING fts5 (
        subject, addresses, body, attachments,
        content='', prefix='3', tokenize='unicode61 remove_diacritics 2')""",
    "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)",
)
