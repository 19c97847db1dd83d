"""Text from outside (names of branches, services, benchmarks) that somebody is to read. Pure."""


def printable(text: str) -> str:
    """Without what would move a terminal's cursor or change its colours."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def in_one_line(text: str) -> str:
    """The same with each run of white space as one space."""
    return printable(" ".join(text.split()))
