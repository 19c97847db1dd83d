"""Options that leave no use for each other: refused together, by name, before anything is read, built or measured."""

import pytest
from click.testing import CliRunner

from loadgen.errors import Error
from primebench.cli import cli


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            "regress --self-check 10m --explain",
            "--self-check measures --head beside itself and judges nothing: leave out --explain",
        ),
        ("regress --self-check 10m --no-explain", "judges nothing: leave out --no-explain"),
        ("regress --self-check 10m --base main --exact-base", "judges nothing: leave out --base, --exact-base"),
        ("regress --self-check 10m --margin 0.01 --exclude 0.02", "judges nothing: leave out --margin, --exclude"),
        ("regress --self-check 10m --budget 5m", "judges nothing: leave out --budget"),
        ("regress --self-check 10m --layer size", "judges nothing: leave out --layer"),
        ("regress --self-check 10m --history file", "judges nothing: leave out --history"),
        ("verify --list --json", "--list asks nothing of a service: leave out --json"),
        ("verify --list --case core.x --write-deviations", "asks nothing of a service: leave out --write-deviations, --case"),
        ("verify --json --write-deviations", "--json prints cases, and writes nothing: leave out --write-deviations"),
        ("report --json -v", "--json prints all there is, for other programs: leave out --verbose"),
        ("report --format csv --verbose", "--format prints all there is, for other programs: leave out --verbose"),
        ("report --json --format csv", "leave out one of them"),
        ("audit --json --format csv", "leave out one of them"),
        ("compare --json --format csv", "leave out one of them"),
        ("init --print --ci github", "leave out one of them"),
        ("run --resume any --profile quick", "--resume goes on with what the run was asked for: leave out --profile"),
    ],
)
def test_what_leaves_no_use_for_the_other_is_refused(arguments: str, expected: str) -> None:
    ended = CliRunner().invoke(cli, arguments.split())
    assert isinstance(ended.exception, Error)
    assert str(ended.exception).endswith(expected)


def test_a_default_is_not_taken_for_something_that_was_asked_for() -> None:
    ended = CliRunner().invoke(cli, ["run", "--resume", "no-such-run"])
    assert "no-such-run" in str(ended.exception)
    assert "leave out" not in str(ended.exception)
