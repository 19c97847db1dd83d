import subprocess
import sys
from pathlib import Path

import pytest

from loadgen.errors import Error
from loadgen.record.folder import RunFolder
from tests.patience import PATIENCE_S
from tests.unit.records import RUN, TRIAL

ROOT = Path(__file__).parents[2]


def test_what_is_written_is_read_back(folder: RunFolder) -> None:
    folder.write_run(RUN)
    folder.append_trial(TRIAL)
    folder.append_trial(TRIAL.replace(index=4))
    assert folder.read_run() == RUN
    assert [trial.index for trial in folder.read_trials()] == [3, 4]


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_a_line_cut_short_by_a_kill_is_passed_over(folder: RunFolder, kept: int) -> None:
    folder.append_trial(TRIAL)
    whole = folder.trials_file.read_bytes()
    folder.trials_file.write_bytes(whole + whole[:kept])
    assert folder.read_trials() == [TRIAL]
    folder.drop_cut_line()
    folder.append_trial(TRIAL.replace(index=4))
    assert [trial.index for trial in folder.read_trials()] == [3, 4]


def test_of_two_lines_of_one_trial_the_later_counts(folder: RunFolder) -> None:
    again = TRIAL.replace(started="later")
    for trial in (TRIAL, TRIAL.replace(index=4), again):
        folder.append_trial(trial)
    assert [(trial.index, trial.started) for trial in folder.read_trials()] == [(3, "later"), (4, "")]


def test_a_damaged_line_is_named(folder: RunFolder) -> None:
    folder.trials_file.write_text('{"schema_version": 2, "kind": "load"}\n')
    with pytest.raises(Error, match=r"trials\.jsonl: load\.index: Field required"):
        folder.read_trials()


def test_a_run_of_another_schema_is_refused(folder: RunFolder) -> None:
    folder.run_file.write_text(RUN.model_dump_json().replace('"schema_version":2', '"schema_version":3'))
    with pytest.raises(Error, match=r"run\.json: schema_version"):
        folder.read_run()


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(Error, match=r"run\.json: No such file or directory; expected the folder of a run"):
        RunFolder(tmp_path).read_run()


def test_a_line_that_did_not_fit_leaves_nothing_even_when_the_file_is_closed(tmp_path: Path) -> None:
    """With room for a part of it the rest must not come later. A limit on the file's size ends a write as a full disk does."""
    path = tmp_path / "lines"
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom loadgen.record.folder import append_line\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "with Path(sys.argv[1]).open('ab') as file:\n"
        "    append_line(file, 'x' * 60)\n"
        "    try:\n        append_line(file, 'y' * 60)\n"
        "    except OSError:\n        sys.exit(3)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False, timeout=PATIENCE_S)
    assert done.returncode == 3
    assert path.read_text() == "x" * 60 + "\n"


def test_what_a_service_writes_does_not_part_a_line_of_the_records(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.create()
    folder.append_trial(TRIAL.replace(failure="got \u2028 and \x85"))
    (trial,) = folder.read_trials()
    assert trial.failure == "got \u2028 and \x85"
