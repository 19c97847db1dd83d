"""The locks of Python packages: what running needs, and apart from it what tests and linters need."""

import re
import tomllib
from itertools import combinations

from tests.unit.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def named(wanted: list[str]) -> set[str]:
    return {re.split(r"[=<>]", name)[0] for name in wanted}


def test_each_lock_has_what_it_is_for_and_they_agree() -> None:
    run, dev, cluster = pins("requirements.lock"), pins("requirements-dev.lock"), pins("requirements-cluster.lock")
    extras = PROJECT["optional-dependencies"]
    assert named(PROJECT["dependencies"]) | named(extras["setup"]) <= set(run)
    assert named(extras["dev"]) <= set(dev)
    assert named(extras["cluster"]) <= set(cluster)
    assert not (named(extras["dev"]) | named(extras["cluster"])) & set(run)
    for entry, other in combinations((run, dev, cluster), 2):
        assert [name for name in entry.keys() & other.keys() if entry[name] != other[name]] == []


def test_what_queries_of_an_archive_need_is_what_they_are_tested_with() -> None:
    archive, dev = pins("requirements-archive.lock"), pins("requirements-dev.lock")
    assert named(PROJECT["optional-dependencies"]["archive"]) == set(archive)
    assert archive == {name: dev[name] for name in archive}


def test_every_pin_has_hashes_and_no_lock_says_where_from() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-archive.lock", "requirements-cluster.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if "==" in entry)
        assert not re.search(r"index-url|find-links|://", text)


def test_the_build_system_is_the_one_of_the_lock() -> None:
    requires = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert requires == PROJECT["optional-dependencies"]["setup"], "set-up builds without isolation"
