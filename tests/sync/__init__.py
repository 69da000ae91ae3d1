"""Tests of sync/, folder by folder; most need a mail server on this computer, none a window."""
