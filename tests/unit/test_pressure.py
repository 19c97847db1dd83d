"""Counters of what held programs back, read from files as kernels write them."""

from pathlib import Path

import pytest

from loadgen.system import pressure as module
from loadgen.system.pressure import Pressure, pressure


def test_no_counter_shrinks() -> None:
    for earlier, later in zip(pressure(), pressure(), strict=True):
        assert earlier is None or (later is not None and later >= earlier >= 0)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders in place of /proc, /sys/fs/cgroup and /sys/devices/system/cpu; a process in no cgroup."""
    for name, folder in (("_PROC", "proc"), ("_CGROUPS", "cgroup"), ("_CPU", "cpu")):
        (tmp_path / folder).mkdir()
        monkeypatch.setattr(module, name, tmp_path / folder)
    write(tmp_path / "proc/self/cgroup", "")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_what_the_kernel_does_not_tell_is_none(kernel: Path) -> None:
    (kernel / "proc/self/cgroup").unlink()
    assert pressure() == Pressure(None, None, None, None)


def test_cgroups_of_version_2(kernel: Path) -> None:
    write(kernel / "proc/self/cgroup", "0::/job\n")
    write(kernel / "proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\nfull avg10=0.00 total=7\n")
    write(kernel / "cgroup/job/memory.events", "low 0\nhigh 3\nmax 12\noom 0\n")
    write(kernel / "cgroup/job/cpu.stat", "usage_usec 900\nnr_throttled 4\nthrottled_usec 1400000\n")
    write(kernel / "cgroup/cpu.stat", "usage_usec 900\nnr_throttled 1\nthrottled_usec 100000\n")
    write(kernel / "cpu/cpu0/thermal_throttle/core_throttle_count", "2\n")
    write(kernel / "cpu/cpu1/thermal_throttle/core_throttle_count", "3\n")
    assert pressure() == Pressure(2.5, 12, 1.5, 5)


def test_cgroups_of_version_1(kernel: Path) -> None:
    write(kernel / "proc/self/cgroup", "4:memory:/job\n1:cpu,cpuacct:/job\n0::/\n")
    write(kernel / "cgroup/memory/job/memory.failcnt", "77\n")
    write(kernel / "cgroup/cpu,cpuacct/job/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 2000000000\n")
    assert pressure() == Pressure(None, 77, 2.0, None)


def test_in_a_container_the_group_is_where_its_root_is(kernel: Path) -> None:
    write(kernel / "proc/self/cgroup", "4:memory:/docker/0123\n")
    write(kernel / "cgroup/memory/memory.failcnt", "5\n")
    assert pressure().memory_limit_hits == 5
