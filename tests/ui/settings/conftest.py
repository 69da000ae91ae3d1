"""The fixtures of the wizard's tests serve here too."""

from __future__ import annotations

from tests.ui.setup.parts import plain_sink, service, theme, user

__all__ = ["plain_sink", "service", "theme", "user"]
