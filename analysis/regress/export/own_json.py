"""verdict.json: all that a regression check found. docs/reference/verdict.schema.json is its JSON Schema."""

from analysis.regress.model import RegressResult


def own_json(result: RegressResult) -> str:
    """The result itself; `read_result` gives it back."""
    return result.model_dump_json(indent=2) + "\n"
