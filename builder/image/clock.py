"""pycdlib without the clock.

pycdlib dates every record with ``time.time()`` in the host's time zone and
offers no way to tell it otherwise. Its modules reach the clock through their
own global name ``time``; inside `frozen_clock` that name is a clock which
stands still, in UTC.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pycdlib.dates
import pycdlib.dr
import pycdlib.headervd
import pycdlib.pycdlib
import pycdlib.utils

_MODULES: tuple[Any, ...] = (
    pycdlib.dates,
    pycdlib.dr,
    pycdlib.headervd,
    pycdlib.pycdlib,
    pycdlib.utils,
)
_lock = threading.Lock()


@contextmanager
def frozen_clock(moment: float) -> Iterator[None]:
    """It is `moment` (seconds since 1970) for pycdlib; one thread at a time."""
    clock = SimpleNamespace(
        time=lambda: moment,
        localtime=time.gmtime,
        gmtime=time.gmtime,
        strftime=time.strftime,
        strptime=time.strptime,
        struct_time=time.struct_time,
    )
    with _lock:
        saved = [(module, module.time) for module in _MODULES if hasattr(module, "time")]
        for module, _ in saved:
            module.time = clock
        try:
            yield
        finally:
            for module, original in saved:
                module.time = original
