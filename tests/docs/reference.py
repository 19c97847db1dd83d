"""The parts of docs/reference/ that are made from the code: keys of files and records, exit codes, commands, options.

`python -m tests.docs.reference --write` brings them up to date. In a page such a part stands between `<!-- begin: NAME -->` and
`<!-- end -->`; NAME is a model (`loadgen.config.build.Build`), `exit codes`, `commands` or `options`. What a key means is the
sentence below it in the model. A model without a part of its own is told where it is used, by keys with dots.
"""

import ast
import inspect
import json
import pydoc
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from posixpath import dirname, relpath
from typing import Any, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from loadgen.strict import Strict
from primebench.cli import cli
from primebench.exit_codes import MEANINGS
from tests.docs.pages import DOCS, headings, shown, text_of

PART = re.compile(r"(<!-- begin: (?P<name>[^\n]+) -->\n).*?(<!-- end -->)", re.DOTALL)
BOUNDS = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most", "exclusiveMaximum": "less than"}
NOUNS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`", "null": "`null`"}
WRITTEN_BY_PEOPLE = ("loadgen.config.", "loadgen.task.")
"""Models of files that people write have defaults, records may have null."""
Places = Mapping[str, str]
"""By a part's name the page and anchor where it is: `docs/reference/service-toml.md#build`."""


def places() -> dict[str, str]:
    """Return where each part is."""
    found = {}
    for page in sorted(DOCS.rglob("*.md")):
        text = text_of(page)
        for part in PART.finditer(text):
            anchor = [name for start, name in headings(text) if start < part.start()][-1]
            found[part["name"]] = f"{shown(page)}#{anchor}"
    return found


def sentences(of: type[Strict]) -> dict[str, str]:
    """Return what stands below each name that a class, or one that it is made from, gives a value or a type."""
    found = {}
    for base in reversed(of.__mro__):
        if issubclass(base, Strict):
            (parsed,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
            assert isinstance(parsed, ast.ClassDef)
            for part, below in pairwise(parsed.body):
                target = part.targets[0] if isinstance(part, ast.Assign) else getattr(part, "target", None)
                if isinstance(target, ast.Name) and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                    found[target.id] = " ".join(str(below.value.value).split())
    return found


def path_of(model: type) -> str:
    """Return the name that a model is imported by."""
    return f"{model.__module__}.{model.__qualname__}"


def models_in(annotation: object) -> Iterator[type[Strict]]:
    """Return the models that a field's type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        yield annotation
    for argument in get_args(annotation):
        yield from models_in(argument)


def table_of_its_own(model: type[Strict], placed: Places) -> str | None:
    """Return where the model is told, or the one that it adds no field to; None if it has no part."""
    models = [base for base in model.__mro__ if issubclass(base, Strict) and path_of(base) in placed]
    return next((placed[path_of(base)] for base in models if base.model_fields.keys() == model.model_fields.keys()), None)


def plural(words: str) -> str:
    """Return several of what the words name."""
    return re.sub(r"^(\[?)(text|whole number|number|table|list|value)\b", r"\1\2s", words)


def in_words(schema: Mapping[str, Any], link: str | None, *, with_null: bool) -> str:
    """Return what values a JSON Schema allows; `link` leads to the table of a model in it."""
    if "anyOf" in schema:
        kinds = [value for value in schema["anyOf"] if with_null or value.get("type") != "null"]
        return " or ".join(dict.fromkeys(in_words(kind, link, with_null=with_null) for kind in kinds))
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return " or ".join(f"`{json.dumps(choice)}`" for choice in choices)
    if not schema.get("$ref", "JsonValue").endswith("JsonValue"):
        return f"[table]({link})" if link else "table"
    kind = schema.get("type")
    if kind == "array":
        return f"list of {plural(in_words(schema['items'], link, with_null=with_null))}"
    if kind == "object":
        (values,) = schema.get("patternProperties", {"": schema.get("additionalProperties")}).values()
        if values is True:
            return "table"
        return f"table by name of {plural(in_words(values, link, with_null=with_null))}"
    bounds = [f"{words} {schema[bound]:,}" for bound, words in BOUNDS.items() if bound in schema]
    return ", ".join([NOUNS.get(str(kind), "value"), *bounds])


def literal(value: object) -> str:
    """Return a default as a file would have it; empty for that of a table of its own whose keys have theirs."""
    if isinstance(value, Strict):
        pairs = ", ".join(f"{name} = {json.dumps(entry)}" for name, entry in value.model_dump(exclude_unset=True).items())
        return f"`{{ {pairs} }}`" if pairs else ""
    if value in (None, "", [], {}):
        return "none"
    return f"`{value:g}`" if isinstance(value, float) else f"`{json.dumps(value)}`"


def default_of(field: FieldInfo, within: str) -> str:
    """Return the default; of a required key of an optional table `within` that it is required there."""
    if not field.is_required():
        return literal(field.default)
    return f"required with `{within}`" if within else "required"


def rows(
    model: type[Strict], placed: Places, page: str, *, with_null: bool, prefix: str = "", within: str = ""
) -> Iterator[list[str]]:
    """Return key, values, meaning and default of each field; raise ValueError for one without a sentence.

    What a base with a part of its own has is told there. `prefix` begins each key, `within` is the optional key that has them.
    """
    schema, said = model.model_json_schema()["properties"], sentences(model)
    elsewhere = {name for base in model.__mro__[1:] if path_of(base) in placed for name in getattr(base, "model_fields", ())}
    for name, field in model.model_fields.items():
        if name in elsewhere:
            continue
        key = prefix + (field.alias or name)
        nested = next(models_in(field.annotation), None)
        place = table_of_its_own(nested, placed) if nested else None
        link = place and (place.removeprefix(page) if place.startswith(f"{page}#") else relpath(place, dirname(page)))
        if name in said:
            values = in_words(schema[field.alias or name], link, with_null=with_null)
            yield [f"`{key}`", values, said[name], default_of(field, within)]
        elif place or not nested:
            raise ValueError(f"{path_of(model)}: {name}: expected a sentence below it that says what it means")
        if nested and not place:
            by_name = any(get_origin(part) is dict for part in (field.annotation, *get_args(field.annotation)))
            inside = f"{key}.NAME" if by_name else key
            outer = within if field.is_required() else key
            yield from rows(nested, placed, page, with_null=with_null, prefix=f"{inside}.", within=outer)


def table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    whole = [" | ".join(cell.replace("|", r"\|") for cell in line) for line in (heads, *lines)]
    first, *others = (f"| {line} |" for line in whole)
    return "\n".join([first, f"|{'---|' * len(heads)}", *others])


def model_text(model: type[Strict], placed: Places, page: str) -> str:
    """Return the table of a model: of a file that people write with defaults, of a record without."""
    if not path_of(model).startswith(WRITTEN_BY_PEOPLE):
        return table(["key", "values", "meaning"], (line[:3] for line in rows(model, placed, page, with_null=True)))
    return table(["key", "values", "meaning", "default"], rows(model, placed, page, with_null=False))


def commands_text() -> str:
    """Return what each command does, in a sentence."""
    lines = (
        [f"[`primebench {name}`](#primebench-{name.replace(' ', '-')})", command.get_short_help_str(1000)]
        for name, command in commands_of(cli)
    )
    return table(["command", "does"], lines)


def commands_of(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its words, a group before its own."""
    for name, command in group.commands.items():
        yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{before}{name} ")


def options_text() -> str:
    """Return of each command its help and its options."""
    parts = []
    for name, command in commands_of(cli):
        context = click.Context(command, info_name=f"primebench {name}")
        parts += [f"### primebench {name}", f"`{' '.join([context.command_path, *command.collect_usage_pieces(context)])}`"]
        help_text = [" ".join(paragraph.split()) for paragraph in inspect.cleandoc(command.help or "").split("\n\n")]
        parts += [re.sub(r"^Example: (.*)", r"Example: `\1`", paragraph) for paragraph in help_text]
        options = [param for param in command.params if isinstance(param, click.Option)]
        records = [record for option in options if (record := option.get_help_record(context))]
        if records:
            parts.append(table(["option", "meaning"], ([f"`{option}`", meaning] for option, meaning in records)))
    return "\n\n".join(parts)


def exit_codes_text() -> str:
    """Return what each exit code means."""
    return table(["code", "meaning"], ([str(code.value), meaning] for code, meaning in MEANINGS.items()))


def made(text: str, page: str, placed: Places) -> str:
    """Return a page with the parts as they are to be; raise ValueError for a name that is no part's."""
    texts = {"commands": commands_text, "options": options_text, "exit codes": exit_codes_text}

    def part(found: re.Match[str]) -> str:
        name = found["name"]
        if name in texts:
            content = texts[name]()
        elif isinstance(model := pydoc.locate(name), type) and issubclass(model, Strict):
            content = model_text(model, placed, page)
        else:
            raise ValueError(f"{page}: {name}: expected a model, or one of {', '.join(texts)}")
        return f"{found[1]}\n{content}\n\n{found[3]}"

    return PART.sub(part, text)


def main() -> None:
    """Write the pages that are not up to date, or name them and fail."""
    placed, write = places(), sys.argv[1:] == ["--write"]
    old = []
    for page in sorted(DOCS.rglob("*.md")):
        if (text := made(text_of(page), shown(page), placed)) != text_of(page):
            old.append(shown(page))
            if write:
                page.write_text(text, encoding="utf-8")
    if old and not write:
        sys.exit(f"not up to date: {', '.join(old)}; run: python -m tests.docs.reference --write")


if __name__ == "__main__":
    main()
