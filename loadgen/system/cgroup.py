"""This process's control groups: where the files of a controller are, and the CPU quota. Linux only."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from loadgen.system.kernel_file import number_of, text_of


def cgroup_folders(controller: str, proc: Path, cgroups: Path) -> Iterator[tuple[Path, int]]:
    """Yield folders that may be this process's group of the controller, with the version of their interface.

    `proc` and `cgroups` are /proc and /sys/fs/cgroup. After the group itself comes the root of its hierarchy: in a container
    the path that /proc tells may be the host's, while the container's own group is mounted as the root.
    """
    for line in (text_of(proc / "self" / "cgroup") or "").splitlines():
        number, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller in controllers.split(","):
            roots, version = [cgroups / controller, cgroups / controllers], 1
        elif number == "0":
            roots, version = [cgroups, cgroups / "unified"], 2
        else:
            continue
        own = PurePosixPath(path.removesuffix(" (deleted)").lstrip("/"))
        for root in roots:
            if ".." not in own.parts:  # a group outside of this namespace's root
                yield root / own, version
            yield root, version


def with_parents(folder: Path, cgroups: Path) -> list[Path]:
    """Return the group's folder and those of all groups above it."""
    return [group for group in (folder, *folder.parents) if group.is_relative_to(cgroups)]


def cpu_quota_cores(proc: Path, cgroups: Path) -> float | None:
    """Return the CPU time per time that the groups allow, in cores: the least of the group's and those above; None if any."""
    quotas = [
        quota
        for folder, version in cgroup_folders("cpu", proc, cgroups)
        for group in with_parents(folder, cgroups)
        if (quota := _quota_v1(group) if version == 1 else _quota_v2(group)) is not None
    ]
    return min(quotas, default=None)


def _quota_v2(folder: Path) -> float | None:
    quota, _, period = (text_of(folder / "cpu.max") or "").partition(" ")
    return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() and int(period) else None  # "max 100000"


def _quota_v1(folder: Path) -> float | None:
    quota, period = number_of(folder / "cpu.cfs_quota_us"), number_of(folder / "cpu.cfs_period_us")
    return quota / period if quota is not None and period and quota > 0 else None  # -1 is no quota
