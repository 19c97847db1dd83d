"""What other programs get of a path: a plain name in the folder that they run in, of which none makes something else."""

import os
import shutil
from pathlib import Path

import pytest

from loadgen.config.service import read_service
from loadgen.generator.generator import Load
from loadgen.generator.oha import Oha
from loadgen.microbench.bench import Bench, _commands
from loadgen.microbench.callgrind import Job, _counted
from loadgen.microbench.run import environment_of
from tests.unit.asked import asked

STUB = Path(__file__).parents[1] / "stub"


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="counts with valgrind")
@pytest.mark.parametrize("name", [b"feature%2Ffoo", b"%p", b"%q{HOME}", b"two\nlines", b"\xff"])
def test_valgrind_expands_nothing_in_the_path_of_its_counts(tmp_path: Path, name: bytes) -> None:
    scratch = tmp_path / os.fsdecode(name)
    scratch.mkdir()
    job = Job("a-benchmark", 1, again=False)
    ((counted, instructions),) = _counted([job], ["/bin/true"], os.environ, scratch, 1)
    assert counted == job
    assert isinstance(instructions, int)
    assert instructions > 0


def test_the_generator_gets_a_name_for_its_rows_that_is_no_uri() -> None:
    command = Oha().command("/bin/oha", Load(asked(1).first.request, 1, 1.0, "http://127.0.0.1"))
    assert command[command.index("--db-url") + 1] == "rows.db"


@pytest.mark.parametrize("format_name", ["google-benchmark", "criterion", "go"])
def test_benchmarks_write_where_they_run(format_name: str) -> None:
    service = read_service(STUB)
    plan = service.file.microbench
    assert plan is not None
    changed = service.file.replace(microbench=plan.replace(format=format_name))
    bench = Bench("stub", service.replace(file=changed), None, None)
    (command,) = _commands(bench, Path("/cache"), 1.0)
    assert [argument for argument in command if "/" in argument] == ["/cache/bench.py"]
    assert environment_of(bench, Path("cases.json"))["CRITERION_HOME"] == "criterion"
