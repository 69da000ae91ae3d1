"""Customer records: their lists, their detail views with the history, and what links mail to them."""
