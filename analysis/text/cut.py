"""Text in a number of columns. Pure."""


def cut(text: str, width: int) -> str:
    """Return the text in so many columns, its end left out where it has more."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def cut_within(text: str, width: int) -> str:
    """Return the text in so many columns, some of its middle left out where it has more: labels differ in their ends."""
    tail = width // 2
    return text if len(text) <= width else f"{text[: width - 1 - tail]}…{text[-tail:]}"
