"""Nothing to administrate."""


def main() -> None:
    """Say so."""
    print("nothing to do")
