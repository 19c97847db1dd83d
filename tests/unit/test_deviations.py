from pathlib import Path

import pytest

from loadgen.config.deviations import Deviations, read_deviations, write_deviations
from loadgen.errors import Error

AWKWARD = {
    "slow-body": "no timer runs",
    "target-fragment": 'it says "no" \\ é\n and goes on',
    "a.b c": "an id that TOML must quote",
}


def test_what_is_written_is_read_again_in_its_order(tmp_path: Path) -> None:
    path = write_deviations(tmp_path, Deviations(of_main=AWKWARD, of_others={"json": AWKWARD}))
    assert path == tmp_path / "deviations.toml"
    found = read_deviations(tmp_path) or Deviations()
    assert list(found.of_main.items()) == list(AWKWARD.items())
    assert list(found.of_others["json"].items()) == list(AWKWARD.items())


def test_what_the_main_task_lists_is_not_listed_again_for_another() -> None:
    both = Deviations(of_main={"slow-body": "no timer runs"}).with_task("json", AWKWARD)
    assert both.of_others == {"json": {case: why for case, why in AWKWARD.items() if case != "slow-body"}}
    assert both.with_task("json", {"slow-body": "no timer runs"}).of_others == {}


def test_a_folder_without_a_list_says_nothing_and_an_empty_list_says_that_all_passes(tmp_path: Path) -> None:
    assert read_deviations(tmp_path) is None
    write_deviations(tmp_path, Deviations())
    assert read_deviations(tmp_path) == Deviations()


def test_the_comment_at_the_head_is_kept_and_written_once(tmp_path: Path) -> None:
    path = write_deviations(tmp_path, Deviations())
    path.write_text("# Why: the parser.\n# Its version: 3.\n\nschema = 1\n")
    for deviations in (AWKWARD, {}, AWKWARD):
        write_deviations(tmp_path, Deviations(of_main=deviations))
    assert path.read_text().startswith("# Why: the parser.\n# Its version: 3.\n\nschema = 1\n")
    assert path.read_text().count("#") == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[deviations]\n", "schema: "),
        ("schema = 2\n", "schema: "),
        ('schema = 1\n[deviations]\nslow-body = "no"\n', "deviations.slow-body: "),
        ('schema = 1\n[deviation]\nslow-body = "no timer runs"\n', "deviation: "),
        ("schema = 1\n[deviations\n", ""),
    ],
)
def test_a_wrong_list_is_refused_with_file_and_key(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "deviations.toml").write_text(text)
    with pytest.raises(Error) as caught:
        read_deviations(tmp_path)
    (line,) = str(caught.value).splitlines()
    assert f"deviations.toml: {expected}" in line
