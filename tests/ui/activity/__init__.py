"""Tests of the sync details and of the words of the queue and the ledger."""
