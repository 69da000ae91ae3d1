"""Tests of the guards: no faulty server makes the engine delete a mail here."""
