"""Settings of all tests."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import pytest
from hypothesis import settings

# A loaded machine is no failure.
settings.register_profile("neve", deadline=None)
settings.load_profile("neve")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(call: pytest.CallInfo[Any]) -> None:
    """Leave out of tracebacks what pytest cannot show: code of the language that stands nowhere
    in a source, whose frames have no line."""
    error = call.excinfo.value if call.excinfo is not None else None
    while error is not None:
        _leave_out_nowhere(error.__traceback__)
        error = error.__cause__ or error.__context__


def _leave_out_nowhere(entry: TracebackType | None) -> None:
    while entry is not None:
        after = entry.tb_next
        while after is not None and after.tb_lineno is None:
            after = after.tb_next
        entry.tb_next = after
        entry = after
