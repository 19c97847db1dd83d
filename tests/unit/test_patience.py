"""No test waits for less than its patience: a number of its own would be one of the machine that it was written on."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
RUN_BY_PYTEST = sorted(
    path for folder in ("unit", "end_to_end", "conformance", "environment") for path in TESTS.glob(f"{folder}/*.py")
)
OWN_NUMBER = re.compile(r"\btimeout=\d|\.(?:wait|join|communicate)\((?:timeout=)?\d|monotonic\(\) \+ \d")


def test_nothing_is_waited_for_by_a_number_of_its_own() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in RUN_BY_PYTEST if path != Path(__file__)}
    assert {path: numbers for path, text in texts.items() if (numbers := OWN_NUMBER.findall(text))} == {}
