"""What a person is told to install fits the machine."""

import pytest

from loadgen.requirement import requirements


@pytest.mark.parametrize(
    ("machine", "archive"), [("x86_64", "linux-amd64"), ("aarch64", "linux-arm64"), ("ppc64le", "linux-ppc64le")]
)
def test_go_is_installed_for_the_processor_of_this_machine(machine: str, archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.requirement.platform.machine", lambda: machine)
    (go,) = (requirement for requirement in requirements() if requirement.name == "go")
    assert f".{archive}.tar.gz" in go.install
