"""The names of characters that ``[[.name.]]`` knows beside letters, those of the POSIX locale."""

from __future__ import annotations

_FROM_NUL = """
    NUL SOH STX ETX EOT ENQ ACK alert backspace tab newline vertical-tab form-feed
    carriage-return SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC IS4 IS3 IS2 IS1 space
    exclamation-mark quotation-mark number-sign dollar-sign percent-sign ampersand apostrophe
    left-parenthesis right-parenthesis asterisk plus-sign comma hyphen period slash zero one
    two three four five six seven eight nine colon semicolon less-than-sign equals-sign
    greater-than-sign question-mark commercial-at
"""
_AFTER_Z = """
    left-square-bracket backslash right-square-bracket circumflex underscore grave-accent
"""
_AFTER_SMALL_Z = "left-curly-bracket vertical-line right-curly-bracket tilde DEL"

COLLATING = {
    name.encode(): bytes([first + index])
    for first, names in ((0, _FROM_NUL), (0x5B, _AFTER_Z), (0x7B, _AFTER_SMALL_Z))
    for index, name in enumerate(names.split())
}
