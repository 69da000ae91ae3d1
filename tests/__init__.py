"""Tests: mirrors of models/, sync/ and ui/, and flows through the real window."""
