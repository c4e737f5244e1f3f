"""Hashing passwords with the machine's own crypt(3)."""

from __future__ import annotations


def hash_password(password: str, before: str | None) -> str:
    """The yescrypt hash of `password`; `before`, if it is a hash of the same, is kept.

    Raises OSError when libcrypt is not there or refuses.
    """
    from ctypes import CDLL, c_char_p, c_int, c_ulong

    library = CDLL("libcrypt.so.1")
    library.crypt.restype = c_char_p
    library.crypt.argtypes = [c_char_p, c_char_p]
    library.crypt_gensalt.restype = c_char_p
    library.crypt_gensalt.argtypes = [c_char_p, c_ulong, c_char_p, c_int]
    if before and before.startswith("$"):
        again = library.crypt(password.encode(), before.encode())
        if again is not None and again.decode() == before:
            return before
    salt = library.crypt_gensalt(b"$y$", 0, None, 0)
    made = library.crypt(password.encode(), salt) if salt else None
    if made is None or made.startswith(b"*"):
        raise OSError("crypt(3) cannot hash passwords with yescrypt")
    return str(made.decode())
