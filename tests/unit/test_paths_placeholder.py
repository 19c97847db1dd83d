"""Values take the place of placeholders; a value that looks like a placeholder is a value."""

from pathlib import Path

import pytest

from loadgen.config.service import find_contender, parted, read_service
from loadgen.errors import Error
from loadgen.placeholder import filled
from loadgen.trial.server import start_command

STUB = Path(__file__).parents[1] / "stub"


def test_a_value_is_not_filled_in_again() -> None:
    assert filled("{a} {b} {c}", {"a": "{b}", "b": "{a}"}) == "{b} {a} {c}"


def test_a_folder_may_be_named_like_a_placeholder() -> None:
    contender = find_contender(str(STUB), {})
    command = start_command(contender, Path("/cache/{port}/{threads}/stub.py"), 4711, 2)
    assert command[-2:] == ["/cache/{port}/{threads}/stub.py", "4711"]


@pytest.mark.parametrize("path", ["../elsewhere", "/etc/passwd", "a/../../b", "", "nul\\u0000"])
@pytest.mark.parametrize("key", ["inputs", "artefact", "more", "edit"])
def test_a_build_names_paths_within_its_folders(tmp_path: Path, key: str, path: str) -> None:
    text = (STUB / "service.toml").read_text()
    value = f'["{path}"]' if key in ("inputs", "more") else f'"{path}"'
    kept = [line for line in text.splitlines() if not line.startswith(f"{key} ")]
    at = kept.index("[build]") + 1
    (tmp_path / "service.toml").write_text("\n".join([*kept[:at], f"{key} = {value}", *kept[at:]]))
    with pytest.raises(Error, match=rf"build\.{key}.*: expected a relative path without '\.\.'"):
        read_service(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("cpp", ("cpp", "")),
        ("cpp:tuned", ("cpp", "tuned")),
        ("{folder}", ("{folder}", "")),
        ("{folder}:tuned", ("{folder}", "tuned")),
        (":tuned", (":tuned", "")),
        ("nothing", ("nothing", "")),
    ],
)
def test_a_folder_may_have_a_colon_in_its_name(tmp_path: Path, wanted: str, expected: tuple[str, str]) -> None:
    folder = tmp_path / "a:b"
    folder.mkdir()
    assert parted(wanted.format(folder=folder), {"cpp"}) == tuple(part.format(folder=folder) for part in expected)
