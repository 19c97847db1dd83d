"""Makes the data of the task json from a seed: items to be built, documents to be parsed, and a document that is too large.

    python3 tasks/json/make_data.py [FOLDER]

Every value is computed here by the contract (docs/reference/field-tasks.md), so that what a service answers is compared with a
second account of it. A test makes the files again and compares.
"""

import json
import random
import sys
from pathlib import Path

SEED = 20_261_130
ITEMS = 400
DOCUMENTS = 24
PARTS = 42
"""Items of a document."""
LARGEST_ID = 1_000_000
LARGEST_BODY = 64 * 1024
LARGEST_VALUE = 1 << 40
"""A sum needs more than 32 bits, and a double holds it exactly: JSON libraries of JavaScript have no other number."""
WORDS = ["alder", "birch", "cedar", "dogwood", "elm", "fir", "gum", "hazel", "ironwood", "juniper", "kapok", "larch"]
AWKWARD = ["Zürich", "№ 5", 'said "so"', "back\\slash", "naïve", "日本", "tab\there"]
"""Names whose length in bytes is not that in characters, and those that JSON has to escape."""
EDGES = [1, 2, 5, 15, 35, 999, 1000, 99_999, 100_000, 999_999, LARGEST_ID]


def item(number: int) -> dict[str, object]:
    """Return what the response to GET /json/NUMBER has to say, but for what the task's templates make of the id."""
    return {
        "id": number,
        "active": number % 2 == 0,
        "score": number / 4,
        "quantity": number % 1000,
        "price_cents": number * 25 % 100_000,
        "category": number % 16,
        "sku": f"SKU-{number:08}",
        "tags": [f"t{number % 7}", f"t{number % 11}", f"t{number % 13}"],
        "width": number % 101,
        "height": number % 103,
        "depth": number % 107,
        "weight_g": number % 5000 + 1,
        "rating": number % 11 / 2,
        "reviews": number % 977,
        "in_stock": number % 3 != 0,
        "supplier": None if number % 5 == 0 else f"supplier-{number % 5}",
        "created": 1_700_000_000 + number,
        "next": f"/json/{number % LARGEST_ID + 1}",
    }


def part(random_: random.Random) -> dict[str, object]:
    """Return an item of a document."""
    name = " ".join(random_.choices(WORDS, k=random_.randint(1, 3)))
    if random_.random() < 0.25:
        name = f"{name} {random_.choice(AWKWARD)}"
    value = random_.randint(-1000, LARGEST_VALUE)
    return {"name": name, "value": value, "tags": random_.choices(WORDS, k=random_.randint(0, 6))}


def document(random_: random.Random, order: int) -> dict[str, object]:
    """Return a document and what the response to it has to say of it."""
    items = [part(random_) for _ in range(PARTS)]
    names = [str(item["name"]) for item in items]
    longest = max(names, key=lambda name: len(name.encode()))
    if order % 3 == 0:  # a second name of that length, which comes later and is not the longest
        first = names.index(longest)
        items.append(items[first] | {"name": longest[::-1]})
    return {
        "order": order,
        "items": items,
        "comment": f"order {order}\n" + " ".join(random_.choices(WORDS + AWKWARD, k=24)),
        "count": len(items),
        "sum": sum(int(str(item["value"])) for item in items),
        "longest": longest,
        "tags": sum(len(item["tags"]) for item in items if isinstance(item["tags"], list)),
    }


def make(folder: Path) -> None:
    """Write the files."""
    random_ = random.Random(SEED)
    ids = [*EDGES, *random_.sample(range(3, LARGEST_ID), ITEMS - len(EDGES))]
    write_lines(folder / "items.jsonl", [item(number) for number in ids])
    orders = random_.sample(range(1, LARGEST_ID), DOCUMENTS)
    write_lines(folder / "documents.jsonl", [document(random_, order) for order in orders])
    too_large = {"order": 1, "items": [{"name": "x", "value": 1, "tags": []}], "comment": "x" * LARGEST_BODY}
    (folder / "too-large.json").write_text(json.dumps(too_large) + "\n", encoding="utf-8")


def write_lines(path: Path, records: list[dict[str, object]]) -> None:
    """Write a JSON object a line."""
    lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
