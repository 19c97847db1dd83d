"""Reading a Parquet file, of a run or of an archive."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from loadgen.errors import Error


def read_parquet(path: Path, without: str = "") -> pa.Table:
    """Read a Parquet file; raise Error, which ends with what is not had `without` it, if it cannot be read.

    From memory and in this thread alone: Arrow's others may outlive what they read through a file of Python's, and then abort
    or hang the program as it ends (apache/arrow issues 34314 and 50482).
    """
    try:
        # of a path pyarrow would make a URI, a folder of many files or text in UTF-8
        return pq.ParquetFile(pa.BufferReader(path.read_bytes())).read(use_threads=False)
    except (OSError, pa.ArrowException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise Error(f"{path}: cannot be read: {reason}{without and f'; {without}'}") from error
