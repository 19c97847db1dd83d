"""Text for a terminal that lacks some of its characters: µs becomes us, ± becomes +-. Pure."""

import codecs
import unicodedata

SPELLED = "primebench.spelled"
"""The name of the error handler for streams: what the encoding lacks is spelled in ASCII, so that nothing ends in '?'."""

_SPELLING = {
    "µ": "u",
    "μ": "u",
    "±": "+-",
    "–": "-",
    "—": "-",
    "−": "-",
    "─": "-",
    "·": "|",
    "×": "x",
    "…": "...",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
}


def in_encoding(text: str, encoding: str) -> str:
    """The text with every character that `encoding` lacks spelled in ASCII: letters without accents, others by number."""
    return text.encode(encoding, errors=SPELLED).decode(encoding)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_spelling(character) for character in error.object[error.start : error.end]), error.end


def _spelling(character: str) -> str:
    if character in _SPELLING:
        return _SPELLING[character]
    letters = "".join(part for part in unicodedata.normalize("NFD", character) if not unicodedata.combining(part))
    return (letters if letters.isascii() and letters else character).encode("ascii", errors="backslashreplace").decode("ascii")


codecs.register_error(SPELLED, _spelled)
