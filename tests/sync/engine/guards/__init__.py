"""Tests of the guards: no vice of a server deletes a mail here."""
