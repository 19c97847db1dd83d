"""Static files: pictures, scripts and the like, which are measured apart from what a service computes."""

import mimetypes
import re

_TYPES = (
    ("font", re.compile(r"font/|application/(x-)?font|application/vnd\.ms-fontobject")),
    ("image", re.compile(r"image/")),
    ("media", re.compile(r"audio/|video/")),
    ("script", re.compile(r"(text|application)/(x-)?(java|ecma)script|application/wasm")),
    ("style", re.compile(r"text/css")),
)


def asset_type(path: str, mime: str = "") -> str:
    """Return font, image, media, script or style, by the type of the response or, without, the path's end; "" for the rest."""
    media_type = mime or mimetypes.guess_type(path.partition("?")[0])[0] or ""
    return next((name for name, pattern in _TYPES if pattern.match(media_type)), "")
