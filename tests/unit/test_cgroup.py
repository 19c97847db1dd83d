"""Control groups of this process, as kernels and container runtimes show them."""

from pathlib import Path

import pytest

from loadgen.system.cgroup import cgroup_folders, cpu_quota_cores


def quota_of(place: Path, groups: str, files: dict[str, str]) -> float | None:
    for path, text in ({"proc/self/cgroup": groups} | files).items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    return cpu_quota_cores(place / "proc", place / "cgroup")


@pytest.mark.parametrize(
    ("groups", "files", "quota"),
    [
        ("0::/\n", {"cgroup/cpu.max": "50000 100000\n"}, 0.5),
        ("0::/\n", {"cgroup/cpu.max": "max 100000\n"}, None),
        ("0::/a/b\n", {"cgroup/a/cpu.max": "150000 100000\n", "cgroup/a/b/cpu.max": "max 100000\n"}, 1.5),
        ("0::/a/b\n", {"cgroup/a/cpu.max": "150000 100000\n", "cgroup/a/b/cpu.max": "100000 100000\n"}, 1.0),
        ("0::/docker/0123\n", {"cgroup/cpu.max": "200000 100000\n"}, 2.0),  # the host's path; mounted is the container's own
        ("0::/../../other\n", {"cgroup/cpu.max": "200000 100000\n", "cgroup/other/cpu.max": "1000 100000\n"}, 2.0),
        ("0::/gone (deleted)\n", {"cgroup/cpu.max": "200000 100000\n"}, 2.0),
        ("0::/a:b/c\n", {"cgroup/a:b/c/cpu.max": "200000 100000\n"}, 2.0),
        ("4:cpu,cpuacct:/j\n", {"cgroup/cpu/j/cpu.cfs_quota_us": "50000\n", "cgroup/cpu/j/cpu.cfs_period_us": "100000\n"}, 0.5),
        ("4:cpu,cpuacct:/j\n", {"cgroup/cpu/j/cpu.cfs_quota_us": "-1\n", "cgroup/cpu/j/cpu.cfs_period_us": "100000\n"}, None),
        (
            "4:cpu,cpuacct:/\n0::/\n",
            {"cgroup/cpu,cpuacct/cpu.cfs_quota_us": "300000\n", "cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n"},
            3.0,
        ),
        ("", {}, None),
        ("nonsense\n", {}, None),
        ("0::/\n", {"cgroup/cpu.max": "\n"}, None),
        ("0::/\n", {"cgroup/cpu.max": "100000 0\n"}, None),
    ],
)
def test_the_least_quota_counts(groups: str, files: dict[str, str], quota: float | None, tmp_path: Path) -> None:
    assert quota_of(tmp_path, groups, files) == quota


def test_in_a_hybrid_hierarchy_each_controller_is_found_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("3:memory:/job\n1:name=systemd:/job\n0::/job\n")
    found = list(cgroup_folders("memory", tmp_path / "proc", tmp_path / "cgroup"))
    assert found[0] == (tmp_path / "cgroup/memory/job", 1)
    assert (tmp_path / "cgroup/unified/job", 2) in found


def test_a_process_without_groups_has_none(tmp_path: Path) -> None:
    assert list(cgroup_folders("cpu", tmp_path, tmp_path)) == []
