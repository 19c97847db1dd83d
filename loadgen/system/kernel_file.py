"""Reading files of the kernel's, which may be missing, forbidden or not text: in containers, on other architectures."""

from pathlib import Path


def text_of(path: Path) -> str | None:
    """Return what a file says, without white space around it; None where it is not there, not for us, or has no answer.

    Names of processes and groups are bytes: what is not UTF-8 is replaced.
    """
    try:
        return path.read_bytes().decode(errors="replace").strip("\0 \t\r\n")
    except OSError:
        return None


def number_of(path: Path) -> int | None:
    """Return the whole number that a file says; None where it says none."""
    text = text_of(path)
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def counters_of(path: Path, protocol: str) -> dict[str, int]:
    """Return a protocol's counters by name from /proc/net/snmp or netstat, a line of names and one of values; else none."""
    lines = [line.split()[1:] for line in (text_of(path) or "").splitlines() if line.startswith(f"{protocol}:")]
    return dict(zip(lines[0], map(int, lines[1]), strict=True)) if len(lines) == 2 else {}
