"""/proc of kernels that tell less, or otherwise, than the one that this is developed on."""

import time
from pathlib import Path

import pytest

from loadgen.system import pressure as pressure_module
from loadgen.system import proc as kernel
from loadgen.system.kernel_file import number_of, text_of
from loadgen.system.pressure import pressure
from loadgen.system.proc import closed_first, core_times, cpu_time_s, listener_pids, memory, schedstat_s, usage

PID = 2**22 + 1
"""Above the largest pid_max: no process has it, so that its clock is refused and its files are read."""
TICK_S = kernel._TICK_S


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in place of /proc."""
    monkeypatch.setattr(kernel, "_PROC", tmp_path)
    return tmp_path


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def stat_line(name: bytes, user: int, system: int) -> bytes:
    """/proc/PID/stat, proc_pid_stat(5)."""
    return b"%d (%s) S 1 1 1 0 -1 4194304 900 0 7 0 %d %d 0 0 20 0 1 0 100\n" % (PID, name, user, system)


@pytest.mark.parametrize("name", [b"a", b"tmux: server", b"a) R 1 (b", b"a\nb", b"\xff\xfe", b")"])
def test_a_process_may_have_any_name(proc: Path, name: bytes) -> None:
    write(proc / f"{PID}/stat", stat_line(name, 150, 50))
    write(proc / f"{PID}/task/{PID}/status", b"Name:\t" + name.replace(b"\n", b"\\n") + b"\nvoluntary_ctxt_switches:\t3\n")
    (proc / f"{PID}/fd").mkdir()
    found = usage([PID])
    assert (found.user_s, found.system_s) == (150 * TICK_S, 50 * TICK_S)
    assert (found.voluntary_switches, found.involuntary_switches, found.major_faults) == (3, 0, 7)


def test_without_clock_and_schedstat_the_ticks_serve(proc: Path) -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        time.clock_gettime(kernel._process_clock(PID))
    write(proc / f"{PID}/stat", stat_line(b"server", 150, 50))
    assert schedstat_s(PID) == 0
    assert cpu_time_s([PID]) == 200 * TICK_S


@pytest.mark.parametrize(
    ("text", "programs", "stolen", "idle"),
    [
        ("cpu  9 9 9 9\ncpu0 1 2 3 40 5 6 7 8 0 0\ncpu1 10 20 30 400 50 60 70 80 0 0\nctxt 5\n", 66, 88, 495),
        ("cpu0 1 2 3 40\ncpu1 10 20 30 400\n", 66, 0, 440),  # four columns: user, nice, system, idle
        ("cpu0 1 2 3 40 5 6 7 8\n", 6, 8, None),  # lxcfs: the container's CPUs have numbers of their own
        ("cpu  0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\n", 0, 0, None),  # gVisor counts nothing
    ],
)
def test_core_times(proc: Path, text: str, programs: int, stolen: int, idle: int | None) -> None:
    write(proc / "stat", text)
    found = core_times([0, 1])
    assert found == (programs * TICK_S, stolen * TICK_S, None if idle is None else idle * TICK_S)


def test_memory_of_a_rollup_without_fields_is_not_known(proc: Path) -> None:
    write(proc / f"{PID}/smaps_rollup", "55d0-7ffe ---p 00000000 00:00 0 [rollup]\n")
    assert memory([PID]).pss_bytes is None


def test_without_tables_of_sockets_there_are_none(proc: Path) -> None:
    """No IPv6, and a /proc of which another user's processes are hidden (hidepid=2)."""
    assert closed_first(80) == 0
    row = "   0: 0100007F:0050 00000000:0000 06 00000000:00000000 00:00000000 00000000     0        0 1234 1\n"
    write(proc / "net/tcp", "  sl  local_address ...\n" + row)
    assert closed_first(80) == 1
    assert listener_pids(80, [PID]) == set()


def test_names_that_are_not_utf_8_and_files_that_are_no_numbers(tmp_path: Path) -> None:
    write(tmp_path / "name", b" \xff\n\0")
    assert (text_of(tmp_path / "name"), number_of(tmp_path / "name")) == ("\ufffd", None)
    assert (text_of(tmp_path), number_of(tmp_path / "missing")) == (None, None)


@pytest.mark.parametrize(
    "files",
    [
        {"proc/pressure/memory": ""},
        {"proc/pressure/memory": "full avg10=0.00 total=7\n"},
        {"proc/pressure/memory": "some avg10=0.00\n"},
        {
            "proc/self/cgroup": "garbage\n0::/x (deleted)\n",
            "cgroup/memory.events": "max many\n",
            "cgroup/cpu.stat": "throttled_usec\n",
        },
        {"cpu/cpu0/thermal_throttle/core_throttle_count": "n/a\n"},
    ],
)
def test_counters_that_cannot_be_read_are_none(files: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, folder in (("_PROC", "proc"), ("_CGROUPS", "cgroup"), ("_CPU", "cpu")):
        monkeypatch.setattr(pressure_module, name, tmp_path / folder)
    for path, text in files.items():
        write(tmp_path / path, text)
    assert pressure() == (None, None, None, None)
