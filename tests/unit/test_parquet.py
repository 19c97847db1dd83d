"""Reading a Parquet file leaves no thread behind that could abort or hang the program as it ends."""

import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.trial.parquet import read_parquet
from loadgen.errors import Error

ROOT = Path(__file__).parents[2]
PACKAGES = ("analysis", "loadgen", "primebench")


def test_it_is_read_in_the_calling_thread(tmp_path: Path) -> None:
    path = tmp_path / "many.parquet"
    pq.write_table(pa.table({f"c{place}": list(range(1_000)) for place in range(20)}), path, row_group_size=100)
    code = (
        "import os, sys; from pathlib import Path; from analysis.trial.parquet import read_parquet\n"
        "before = len(os.listdir('/proc/self/task')); rows = read_parquet(Path(sys.argv[1]))\n"
        "print(rows.num_rows, len(os.listdir('/proc/self/task')) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1000", "0"]


def test_it_is_read_in_one_place() -> None:
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert [path.name for path in files if re.search(r"\.(read_table|ParquetFile)\(", path.read_text())] == ["parquet.py"]


@pytest.mark.parametrize(("contents", "reason"), [(None, "No such file or directory"), (b"no such format", "Parquet")])
def test_what_cannot_be_read_is_said_with_what_is_not_had_without_it(
    tmp_path: Path, contents: bytes | None, reason: str
) -> None:
    path = tmp_path / "x.parquet"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(Error, match=r"x\.parquet: cannot be read: .*; nothing is drawn") as raised:
        read_parquet(path, "nothing is drawn")
    assert reason in str(raised.value)
