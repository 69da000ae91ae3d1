"""A running service on an empty profile, and servers on this computer."""

from __future__ import annotations

from tests.ui.setup.parts import plain_sink, provider, service, theme, user

__all__ = ["plain_sink", "provider", "service", "theme", "user"]
