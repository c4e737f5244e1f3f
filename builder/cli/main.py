"""The three commands: their words, and the one place where errors become messages.

Exit codes: 0 done; 1 failed; 2 the command's words do not fit; 124 the
deadline has passed; 130 interrupted.
Commands of a running machine have codes of their own, see `switcher`.
"""

from __future__ import annotations

import signal

# Ctrl-C while the rest is loaded ends the command without a word; see the end of this file.
try:
    _BEFORE = signal.signal(signal.SIGINT, signal.SIG_DFL)
except ValueError:
    _BEFORE = None  # loaded by another thread: the handler is not its to change

import atexit
import errno
import gc
import os
import sys
from collections.abc import Callable, Sequence

from builder.cli.deadline import CODE, DeadlinePassed, clear_deadline
from builder.cli.parser import build_image_parser, neve_parser, vm_test_parser
from builder.cli.streams import OUTPUT, drop_output, prepare

# Python looks for garbage once more when it ends, through all that an evaluation made,
# though the system takes the memory back anyway. What is frozen is not looked at.
atexit.register(gc.freeze)

_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NOT_YOURS = (
    "the store is not yours to write to: work as its owner, or use another one with --store or "
    "NEVE_STORE"
)

# Nearly all that a command makes lives as long as it does.
_COLLECT_AFTER = 500_000


def neve(arguments: Sequence[str] | None = None) -> int:
    """The command ``neve``."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    return guarded(lambda: _run(neve_parser(words[0] if words else ""), words))


def build_image(arguments: Sequence[str] | None = None) -> int:
    """The command ``build-image``."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    return guarded(lambda: _run(build_image_parser(), words))


def vm_test(arguments: Sequence[str] | None = None) -> int:
    """The command ``vm-test``."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    return guarded(lambda: _run(vm_test_parser(), words))


def _run(parser: object, words: list[str]) -> int:
    from importlib import import_module

    parsed, rest = parser.parse_known_args(words)  # type: ignore[attr-defined]
    if rest and not getattr(parsed, "takes_rest", False):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")  # type: ignore[attr-defined]
    parsed.rest = rest
    module, _, function = parsed.run.partition(":")
    command: Callable[[object], int] = getattr(import_module(module), function)
    return command(parsed)


def guarded(work: Callable[[], int]) -> int:
    """Run `work`; what it raises becomes a message and an exit code."""
    try:
        gc.set_threshold(_COLLECT_AFTER, 20, 100)
        prepare()
        code = work()
        sys.stdout.flush()
        return code
    except DeadlinePassed as passed:
        print("\n".join(["", f"error: {passed}", *_notes(passed)]), file=sys.stderr)
        return CODE
    except KeyboardInterrupt as stop:
        print("\n".join(["", "interrupted", *_notes(stop)]), file=sys.stderr)
        return 130
    except BrokenPipeError:
        drop_output()  # whoever read it has seen enough
        return 1
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        if isinstance(error, OSError) and error.filename == OUTPUT:
            drop_output()
        print(message, file=sys.stderr)
        return _code(error)
    finally:
        clear_deadline()


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", ()))


def _code(error: Exception) -> int:
    match type(error).__name__:
        case "UsageError":
            return 2
        case "SwitchError":
            return int(getattr(error, "code", 1))
        case _:
            return 1


def explain(error: Exception) -> str | None:
    """The message for an error that a user can do something about, None for a bug of ours."""
    from builder.lang.errors import NixError

    if isinstance(error, NixError):
        from builder.lang.tracing import format_error

        return format_error(error, show_trace="--show-trace" in sys.argv)
    known = {
        "BootloaderError", "BuildError", "DebianError", "FetchError", "FlakeError",
        "HarnessError", "StoreError", "SwitchError", "UsageError",
    }  # fmt: skip
    if known & {kind.__name__ for kind in type(error).__mro__}:
        hint = getattr(error, "hint", None)
        return f"error: {error}" + (f"\nhint: {hint}" if hint else "")
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        return _missing_module(error.name)
    if isinstance(error, OSError):
        # What is written is named second, and is what there may be no room for.
        place = error.filename if error.filename2 is None else error.filename2
        where = f"{os.fsdecode(place)}: " if isinstance(place, str | bytes) else ""
        told = f"error: {where}{error.strerror or error}"
        if error.errno == errno.ENOSPC:
            return told + _advice(place)
        if error.errno in _DENIED and _is_of_a_store(place):
            return f"{told}\nhint: {_NOT_YOURS}"
        return told
    if isinstance(error, UnicodeDecodeError):
        return f"error: a file that should be text is not UTF-8: {error}"
    if type(error).__module__ == "sqlite3":
        return f"error: a database of SQLite cannot be used: {error}"
    return None


def _is_of_a_store(place: object) -> bool:
    text = os.fsdecode(place) if isinstance(place, str | bytes) else ""
    return "/nix/var/" in text or "/nix/store" in text


def _advice(place: object) -> str:
    """What to do about a full disk, which is the one of `place`."""
    from builder.fetch.cache import cache_folder
    from builder.realise.room import ADVICE

    if place == OUTPUT:
        return "\nhint: send it to a disk with more room"
    cache = cache_folder(os.environ)
    if isinstance(place, str | bytes) and os.fsdecode(place).startswith(f"{cache}/"):
        return (
            f"\nhint: remove '{cache}', for all in it can be had again, or choose another place "
            "with XDG_CACHE_HOME"
        )
    return f"\nhint: {ADVICE}"


def _missing_module(name: str) -> str | None:
    """A machine has only the libraries that its configuration asks for."""
    module = name.partition(".")[0]
    packages = {
        "dulwich": "python3-dulwich", "nacl": "python3-nacl", "urllib3": "python3-urllib3",
        "zstandard": "python3-zstandard",
    }  # fmt: skip
    if module not in packages:
        return None
    return (
        f"error: this needs the Python library '{module}', which is not installed\n"
        f"hint: add pkgs.{packages[module]} to environment.systemPackages"
    )


if _BEFORE is not None:
    signal.signal(signal.SIGINT, _BEFORE)
