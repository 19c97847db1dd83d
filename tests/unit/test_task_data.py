"""Data of a task: where they come from, in which order, and how they are written into requests."""

import json
import shutil
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from loadgen.conformance import Response
from loadgen.errors import Error
from loadgen.task.http.data import BLOCK
from loadgen.task.http.task import HttpTask, read_task
from loadgen.task.task import LOADED, PROBED, Asked, Drawn

SHOP = Path(__file__).parents[1] / "shop"
TASK = """
schema = 1
name = "data"
title = "data"
[[data]]
{data}
[[requests]]
name = "read"
path = "{path}"
expect = {{ status = [200] }}
"""


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> HttpTask:
    monkeypatch.setenv("SHOP_TOKEN", "token-of-the-shop")
    return read_task(SHOP / "task.toml")


def task_with(folder: Path, data: str, path: str, **files: str) -> HttpTask:
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)
    place = folder / "task.toml"
    place.write_text(TASK.format(data=data, path=path))
    return read_task(place)


def draws(task: HttpTask, count: int, seed: int = 1, block: int = LOADED) -> list[Drawn]:
    return list(islice(Asked(task, task.weights, {}).draws(seed, block), count))


def test_a_seed_gives_the_same_bytes_and_another_seed_others(shop: HttpTask) -> None:
    first, again, other = ([draw.request.to_bytes() for draw in draws(shop, 500, seed)] for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_kinds_are_in_their_shares_and_shuffled(shop: HttpTask) -> None:
    kinds = [draw.kind for draw in draws(shop, 1000)]
    assert Counter(kinds) == {"read": 800, "list": 150, "create": 50}
    assert kinds != sorted(kinds)
    assert Counter(kinds[:100])["read"] == 80


def test_a_sequence_repeats_no_value_and_each_block_has_its_own(shop: HttpTask) -> None:
    loaded, probed = (
        [draw.parameters["new"] for draw in draws(shop, 500, block=block) if draw.kind == "create"]
        for block in (LOADED, PROBED)
    )
    assert loaded == list(range(1001 + LOADED * BLOCK, 1001 + LOADED * BLOCK + len(loaded)))
    assert not set(loaded) & set(probed)


def test_a_request_takes_data_of_the_sources_that_it_names(shop: HttpTask) -> None:
    by_kind = {draw.kind: draw.parameters.keys() for draw in draws(shop, 200)}
    assert by_kind["read"] == {"item"}
    assert by_kind["create"] == {"new", "label.name", "label.tags.first"}
    assert (shop.varies("read"), shop.is_endless("read"), shop.is_endless("create")) == (True, True, False)


def test_values_in_a_body_of_json_are_escaped(shop: HttpTask) -> None:
    names = {json.loads(draw.request.body)["name"] for draw in draws(shop, 500) if draw.kind == "create"}
    assert names == {"pencil", "eraser", "ruler", 'a "quoted" pen', "Füller"}


def test_a_response_is_held_to_the_data_of_its_request(shop: HttpTask) -> None:
    one = next(draw for draw in draws(shop, 100) if draw.kind == "read")
    item = one.parameters["item"]
    right = Response(200, (), json.dumps({"id": item, "name": f"item {item}"}).encode())
    assert shop.check(right, one.kind, one.parameters) is None
    wrong = Response(200, (), b'{"id": 0, "name": "item 0"}')
    assert shop.check(wrong, one.kind, one.parameters) == f"expected {item} at $.id, got 0"


def test_lines_of_a_file_come_shuffled_each_once_before_any_again(tmp_path: Path) -> None:
    task = task_with(tmp_path, 'name = "word"\nfile = "words.csv"', "/{word.text}", words_csv="text\na\nb\nc\nd\n")
    words = [draw.parameters["word.text"] for draw in draws(task, 40)]
    assert all(sorted(map(str, words[at : at + 4])) == ["a", "b", "c", "d"] for at in range(0, 40, 4))
    assert words[:4] != words[4:8] or words[4:8] != words[8:12]


def test_lines_of_a_file_come_in_order_if_asked(tmp_path: Path) -> None:
    data = 'name = "word"\nfile = "words.csv"\norder = "file"'
    task = task_with(tmp_path, data, "/{word.text}", words_csv="text\na\nb\n")
    assert [draw.parameters["word.text"] for draw in draws(task, 4)] == ["a", "b", "a", "b"]


def test_a_value_in_a_path_is_encoded(tmp_path: Path) -> None:
    task = task_with(tmp_path, 'name = "word"\nfile = "words.csv"', "/{word.text}", words_csv='text\n"a b/ü%#"\n')
    assert draws(task, 1)[0].request.target == "/a%20b/%C3%BC%25%23"


def test_columns_of_a_table_have_types(tmp_path: Path) -> None:
    data = 'name = "row"\nfile = "rows.csv"\ntypes = { n = "integer", ok = "boolean" }'
    task = task_with(tmp_path, data, "/{row.n}", rows_csv="n,ok,text\n007,true,007\n")
    assert draws(task, 1)[0].parameters == {"row.n": 7, "row.ok": True, "row.text": "007"}


@pytest.mark.parametrize(
    ("data", "files", "line"),
    [
        ('name = "word"', {}, r"data\.0: .*expected one of file, from and sequence"),
        ('name = "word"\nsequence = 1\nfrom = { integer = [1, 2] }', {}, r"data\.0: .*expected one of file, from and sequence"),
        ('name = "word"\nfrom = { integer = [2, 1] }', {}, r"data\.0\.from: .*expected \[lowest, highest\]"),
        ('name = "word"\nfile = "words.csv"', {}, r"data\.word: words\.csv: No such file or directory; expected a file"),
        ('name = "word"\nfile = "words.csv"', {"words_csv": "text\n"}, r"data\.word: words\.csv: expected a line of data"),
        (
            'name = "word"\nfile = "words.csv"',
            {"words_csv": "text,n\na\n"},
            r"data\.word: words\.csv: record 1: expected 2 values",
        ),
        (
            'name = "word"\nfile = "words.csv"\ntypes = { text = "integer" }',
            {"words_csv": "text\n1\nx\n"},
            r"data\.word: words\.csv: record 2: invalid literal",
        ),
        (
            'name = "word"\nfile = "words.csv"\ntypes = { n = "integer" }',
            {"words_csv": "text\n1\n"},
            r"data\.word: words\.csv: types: there is no column n",
        ),
        ('name = "word"\nfile = "words.jsonl"', {"words_jsonl": "[1]\n"}, r"words\.jsonl: line 1: expected a JSON object"),
        (
            'name = "word"\nfile = "words.jsonl"',
            {"words_jsonl": '{"text": "a"}\n{"txt": "b"}\n'},
            r"words\.jsonl: record 2: expected the fields of the first one; differs in text, txt",
        ),
        ('name = "word"\nsequence = 1', {}, r"requests\.read\.path: \{word\.text\} names nothing: .*\(word\)"),
    ],
)
def test_wrong_data_are_one_line_with_file_key_and_what_was_expected(
    tmp_path: Path, data: str, files: dict[str, str], line: str
) -> None:
    with pytest.raises(Error, match=rf"task\.toml: .*{line}") as caught:
        task_with(tmp_path, data, "/{word.text}", **files)
    assert "\n" not in str(caught.value)


def test_another_line_of_data_is_another_version_of_the_task(tmp_path: Path, shop: HttpTask) -> None:
    shutil.copytree(SHOP, tmp_path, dirs_exist_ok=True)
    assert read_task(tmp_path / "task.toml").digest == shop.digest
    with (tmp_path / "db.py").open("a") as file:
        file.write("# another store\n")
    changed = read_task(tmp_path / "task.toml").digest
    assert changed != shop.digest
    with (tmp_path / "names.jsonl").open("a") as file:
        file.write('{"name": "pen", "tags": {"first": "p"}}\n')
    assert read_task(tmp_path / "task.toml").digest not in (changed, shop.digest)


def changed_shop(folder: Path, old: str, new: str) -> Path:
    shutil.copytree(SHOP, folder, dirs_exist_ok=True)
    path = folder / "task.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('request = "read-back", with', 'request = "reread", with', r"flows\.create-read-back: expected one of .*, not reread"),
        (
            'new = "{id}"',
            'new = "{key}"',
            r"flows\.create-read-back\.steps\.1\.with: \{key\} names nothing that an earlier step",
        ),
        ('new = "{id}"', 'old = "{id}"', r"flows\.create-read-back\.steps\.1\.with: old is neither a parameter nor data"),
        ('id = "$.id" }', 'id = "$.[" }', r"steps\.0\.capture\.id: expected a JSONPath"),
        ("per_request = 1", "per_request = 0", r"sidecars\.0\.proof\.per_request: .*greater than 0"),
        ('"127.0.0.1:{port}"', '"127.0.0.1:{prot}"', r"sidecars\.0: .*expected placeholders from .*, not \['prot'\]"),
        ('name = "item"', 'name = "new"', r"data and parameters: expected each name once, not new again"),
    ],
)
def test_a_wrong_flow_or_side_service_is_one_line(tmp_path: Path, old: str, new: str, line: str) -> None:
    with pytest.raises(Error, match=rf"task\.toml: .*{line}") as caught:
        read_task(changed_shop(tmp_path, old, new))
    assert "\n" not in str(caught.value)
