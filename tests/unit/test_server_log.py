from pathlib import Path

from loadgen.record.folder import RunFolder
from loadgen.trial.server_log import MOST_BYTES, keep_log


def test_a_silent_server_leaves_no_file(tmp_path: Path, folder: RunFolder) -> None:
    (tmp_path / "stderr").touch()
    assert keep_log(tmp_path / "stderr", folder, 7) is None
    assert list(folder.raw.iterdir()) == []


def test_what_was_written_is_kept_beside_the_rows(tmp_path: Path, folder: RunFolder) -> None:
    (tmp_path / "stderr").write_bytes(b"gc 1\nnot UTF-8: \xff\n")
    assert keep_log(tmp_path / "stderr", folder, 7) == "raw/00007.log"
    assert (folder.path / "raw/00007.log").read_bytes() == b"gc 1\nnot UTF-8: \xff\n"


def test_of_too_much_the_end_is_kept_in_whole_lines(tmp_path: Path, folder: RunFolder) -> None:
    lines = [f"line {number:09}\n".encode() for number in range(MOST_BYTES // 10)]
    (tmp_path / "stderr").write_bytes(b"".join(lines))
    kept = folder.path / (keep_log(tmp_path / "stderr", folder, 0) or "")
    found = kept.read_bytes().splitlines(keepends=True)
    assert MOST_BYTES - 20 < kept.stat().st_size <= MOST_BYTES
    assert found == lines[-len(found) :]
