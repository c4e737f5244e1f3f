"""Typed members of JSON objects, with errors that name the member's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from vmtest.errors import HarnessError

T = TypeVar("T")


class Fields:
    """Takes members out of a JSON object; `finish` complains about those not taken."""

    def __init__(self, data: object, place: str) -> None:
        if not isinstance(data, dict):
            raise HarnessError(f"{place}: expected an object, found {data!r:.80}")
        self._data = cast(dict[str, Any], dict(data))
        self.place = place

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The member `key`, of type `kind`; `default` None makes it mandatory."""
        if key not in self._data and default is not None:
            return default
        return self._checked(key, self._data.pop(key, None), kind)

    def optional(self, key: str, kind: type[T]) -> T | None:
        """The member `key`, or None when it is absent or null."""
        value = self._data.pop(key, None)
        return None if value is None else self._checked(key, value, kind)

    def listed(self, key: str, kind: type[T], default: tuple[T, ...] = ()) -> tuple[T, ...]:
        """The array `key`, each element of type `kind`."""
        if key not in self._data:
            return default
        values = self._checked(key, self._data.pop(key), list)
        return tuple(self._checked(f"{key}[{n}]", v, kind) for n, v in enumerate(values))

    def objects(self, key: str) -> dict[str, Fields]:
        """The object `key` whose members are objects; empty when absent."""
        members: Mapping[str, Any] = self._checked(key, self._data.pop(key, {}), dict)
        return {n: Fields(v, f"{self.place}.{key}.{n}") for n, v in members.items()}

    def nested(self, key: str) -> Fields:
        """The object `key`; an absent one reads as empty."""
        return Fields(self._data.pop(key, {}), f"{self.place}.{key}")

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """The text `key`, one of `choices`."""
        value = self.get(key, str, default)
        if value not in choices:
            known = ", ".join(f"'{c}'" for c in choices)
            raise HarnessError(f"{self.place}.{key}: '{value}' is unknown; one of {known}")
        return value

    def finish(self) -> None:
        """Raises `HarnessError` when a member is left that nobody knows."""
        if self._data:
            raise HarnessError(f"{self.place}: unknown member '{next(iter(self._data))}'")

    def _checked(self, key: str, value: object, kind: type[T]) -> T:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise HarnessError(f"{self.place}.{key}: expected {kind.__name__}, found {value!r:.80}")
        return value
