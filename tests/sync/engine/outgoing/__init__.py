"""Operations on the server: moves, flags, mailboxes made, and what is lost on the way."""
