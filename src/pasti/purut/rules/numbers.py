"""Queue numbers as people see and hear them, and booking codes."""

from __future__ import annotations

from collections.abc import Callable

# Crockford's base 32: no letters that are mistaken for digits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
_DIGITS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")


def label(prefix: str, number: int) -> str:
    """Prefix and number as printed: "B-012"."""
    return f"{prefix}-{number:03}"


def spoken(prefix: str, number: int, room: str) -> str:
    """The call as it is spoken, digit by digit, so that it is understood over a loudspeaker."""
    digits = " ".join(_DIGITS[int(digit)] for digit in f"{number:03}")
    return f"Nomor antrean {' '.join(prefix)}, {digits}. Silakan ke {room}."


def booking_code(choice: Callable[[str], str]) -> str:
    """A code of 40 random bits; `choice` picks one letter (give it `secrets.choice`)."""
    return "".join(choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(text: str) -> str:
    """A typed code in its stored form: without spaces and hyphens, upper case, O and I as 0 and 1."""
    plain = text.upper().replace("-", "").replace(" ", "")
    return plain.translate(str.maketrans("OIL", "011"))
