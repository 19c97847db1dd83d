"""JSON as RFC 8259 has it, which strict parsers read: it has no number for NaN or infinity."""

import json
import math


def strict_json(document: object) -> str:
    """Return the document as indented JSON, null in place of each number that is not finite."""
    return json.dumps(_finite(document), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(of) for of in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
