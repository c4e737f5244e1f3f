"""Keys of a US keyboard, as QEMU's monitor names them."""

from __future__ import annotations

_SHIFTED = dict(zip('!@#$%^&*()_+{}|:"<>?~', "1234567890-=[]\\;',./`", strict=True))
_NAMED = {
    "-": "minus", "=": "equal", "[": "bracket_left", "]": "bracket_right",
    "\\": "backslash", ";": "semicolon", "'": "apostrophe", ",": "comma", ".": "dot",
    "/": "slash", "`": "grave_accent", " ": "spc", "\n": "ret", "\t": "tab",
    "\b": "backspace", "\x1b": "esc",
}  # fmt: skip


def key_codes(key: str) -> list[str]:
    """The codes to press together for a character or for ``"ctrl-alt-delete"``.

    Raises ValueError for a character that this keyboard does not have.
    """
    if len(key) > 1:
        return [_NAMED.get(part, part) for part in key.split("-")]
    if key in _SHIFTED:
        plain = _SHIFTED[key]
        return ["shift", _NAMED.get(plain, plain)]
    if key in _NAMED:
        return [_NAMED[key]]
    if key.isascii() and key.isalnum():
        return ["shift", key.lower()] if key.isupper() else [key]
    raise ValueError(f"no key of a US keyboard types {key!r}")
