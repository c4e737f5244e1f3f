"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# A loaded machine is no failure.
settings.register_profile("neve", deadline=None)
settings.load_profile("neve")
