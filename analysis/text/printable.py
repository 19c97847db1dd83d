"""Text from outside (names of branches, services, benchmarks) that somebody is to read. Pure."""


def printable(text: str) -> str:
    """Without what would move a terminal's cursor or change its colours."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def in_one_line(text: str) -> str:
    """The same with each run of white space as one space."""
    return printable(" ".join(text.split()))
