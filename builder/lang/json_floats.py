"""Floats as the reference's JSON has them.

Its library writes floats by Grisu2 (Loitsch, "Printing floating-point numbers quickly and
accurately with integers", 2010): the digits always give the same float back, but for one
of some hundreds they are not the shortest or not the closest ones.
"""

from __future__ import annotations

import math
import struct

_BITS = 64
_MASK = (1 << _BITS) - 1
_FRACTION, _BIAS = 52, 1075  # bits of a double's fraction; its exponent's bias, of an integer
_ALPHA = -60  # the least exponent of a scaled number
_FIRST, _STEP, _COUNT = -300, 8, 79  # decimal exponents of the powers
_LEAST, _MOST = -4, 15  # decimal exponents for which no exponent is written


def _power(exponent: int) -> tuple[int, int]:
    """10 to a power as f times 2 to e, where f has 64 bits and is rounded."""
    if exponent >= 0:
        shift = (10**exponent).bit_length() - _BITS
        if shift <= 0:
            return 10**exponent << -shift, shift
        scaled, divisor = 10**exponent, 1 << shift
    else:
        whole = 10**-exponent
        shift = -(whole.bit_length() + _BITS - 1)
        scaled, divisor = 1 << -shift, whole
    number, rest = divmod(scaled, divisor)
    if 2 * rest >= divisor:
        number += 1
    return number, shift


_POWERS = [_power(_FIRST + _STEP * index) for index in range(_COUNT)]


def _scale(number: int, power: int) -> int:
    """The upper half of a product of 64-bit numbers, rounded."""
    return (number * power + (1 << (_BITS - 1))) >> _BITS


def _digits(value: float) -> tuple[str, int]:
    """The digits of a finite float above zero, and the power of ten that they are of."""
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    exponent, number = bits >> _FRACTION, bits & ((1 << _FRACTION) - 1)
    # Below a power of two floats are half as far apart.
    is_closer = number == 0 and exponent > 1
    if exponent:
        number |= 1 << _FRACTION
    else:
        exponent = 1
    exponent -= _BIAS
    # The number and the middles between its neighbours, with the exponent of the upper one.
    upper = 2 * number + 1
    shift = _BITS - upper.bit_length()
    lower = (4 * number - 1) << (shift - 1) if is_closer else (2 * number - 1) << shift
    upper, number, exponent = upper << shift, number << (shift + 1), exponent - 1 - shift

    index = _index(exponent)
    power, power_exponent = _POWERS[index]
    most = _scale(upper, power) - 1
    least = _scale(lower, power) + 1
    number = _scale(number, power)
    one = -(exponent + power_exponent + _BITS)  # bits after the binary point
    return _generate(most, most - least, most - number, one, -(_FIRST + _STEP * index))


def _index(exponent: int) -> int:
    """Which power brings a number of that binary exponent into range."""
    wanted = _ALPHA - exponent - 1
    # 78913 / 2**18 is the logarithm of 2; towards zero, as C divides.
    decimal = int(math.copysign(abs(wanted) * 78913 >> 18, wanted)) + (wanted > 0)
    return (-_FIRST + decimal + _STEP - 1) // _STEP


def _generate(most: int, span: int, distance: int, one: int, exponent: int) -> tuple[str, int]:
    """As few digits of `most` as give a number within `span` below it, then brought as near
    to `distance` below it as the last digit can."""
    whole, rest = most >> one, most & ((1 << one) - 1)
    text = str(whole)
    for place in range(len(text) - 1, -1, -1):
        unit = 10**place
        left = (whole % unit << one) + rest
        if left <= span:
            digits = whole // unit
            return str(_nearer(digits, distance, span, left, unit << one)), exponent + place
    digits, place = whole, 0
    while rest > span or not place:
        rest, span, distance, place = rest * 10, span * 10, distance * 10, place + 1
        digits = digits * 10 + (rest >> one)
        rest &= (1 << one) - 1
    return str(_nearer(digits, distance, span, rest, 1 << one)), exponent - place


def _nearer(digits: int, distance: int, span: int, left: int, unit: int) -> int:
    while (
        left < distance
        and span - left >= unit
        and (left + unit < distance or distance - left > left + unit - distance)
    ):
        digits -= 1
        left += unit
    return digits


def json_float(value: float) -> str:
    """A finite float's text."""
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    if value == 0:
        return f"{sign}0.0"
    digits, exponent = _digits(abs(value))
    size = len(digits)
    point = size + exponent
    if size <= point <= _MOST:
        return f"{sign}{digits}{'0' * exponent}.0"
    if 0 < point <= _MOST:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if _LEAST < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if size > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{point - 1:+03d}"
