"""Secrets of a task are in nothing that is written or printed."""

import json

import pytest

from loadgen.errors import Error
from loadgen.secrets import secret, without_secret_bytes, without_secrets


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadgen.secrets._known", {})
    monkeypatch.setenv("KEY", 'pass"wörd')


def test_a_secret_is_its_name_once_it_has_been_asked_for() -> None:
    assert without_secrets('pass"wörd') == 'pass"wörd'
    assert secret("KEY") == 'pass"wörd'
    assert without_secrets('a pass"wörd b') == "a {env.KEY} b"
    assert without_secret_bytes('a pass"wörd b'.encode()) == b"a {env.KEY} b"
    for ascii_only in (True, False):
        assert without_secrets(json.dumps({"a": 'pass"wörd'}, ensure_ascii=ascii_only)) == '{"a": "{env.KEY}"}'


def test_an_error_has_none() -> None:
    secret("KEY")
    assert str(Error('expected this, got pass"wörd')) == "expected this, got {env.KEY}"


def test_a_secret_within_another_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGER", 'pass"wörd-and-more')
    secret("KEY")
    secret("LONGER")
    assert without_secrets('pass"wörd-and-more') == "{env.LONGER}"


@pytest.mark.parametrize(("value", "reason"), [("", "is not set"), ("short", "is too short for a secret")])
def test_what_is_no_secret_is_refused(monkeypatch: pytest.MonkeyPatch, value: str, reason: str) -> None:
    monkeypatch.setenv("KEY", value)
    with pytest.raises(ValueError, match=reason):
        secret("KEY")
