"""Types of options and arguments, and options that several commands share."""

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from loadgen.errors import Error
from loadgen.one_line import one_line

if TYPE_CHECKING:
    from loadgen.record.curve import Objective

Offered = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
"""What a shell may complete a value to."""
MILLISECONDS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


class PathText(click.ParamType[Path]):
    """A path. An empty one is a variable that is not set, and would be the folder that one is in."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path as it is."""
        if isinstance(value, Path):
            return value
        return Path(str(value)) if value else self.fail("expected a path, not an empty text", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002
        """Leave it to the shell, which knows files and folders."""
        return [CompletionItem(incomplete, type="file")]


class FolderOrStore(click.ParamType["Path | str"]):
    """A folder, or the URI of one in an object store, which stays a text: a path would lose one of its slashes."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "Path | str":
        """Return the path, or the URI as it is."""
        return value if isinstance(value, str) and "://" in value else PathText().convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Complete it as a path."""
        return PathText().shell_complete(ctx, param, incomplete)


class NameList(click.ParamType[list[str]]):
    """One or more names, separated by commas; or a folder, whatever its name."""

    name = "names"

    def __init__(self, offered: Offered | None = None) -> None:
        self._offered = offered

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[str]:
        """Split the text."""
        if isinstance(value, list):
            return value
        if value and Path(str(value)).is_dir():
            return [str(value)]
        names = [name.strip() for name in str(value).split(",") if name.strip()]
        return names or self.fail("expected at least one name", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Complete the last name."""
        before, comma, begun = incomplete.rpartition(",")
        completions = self._offered(ctx, param, begun) if self._offered else []
        return [CompletionItem(f"{before}{comma}{item.value}", item.type) for item in completions]


class Duration(click.ParamType[float]):
    """A time as people write it: 90s, 15m, 1h30m."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        if isinstance(value, float):
            return value
        parts = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", str(value))
        if parts is None or not any(parts.groups()):
            return self.fail(f"expected a time like 90s, 15m or 1h30m, not '{value}'", param, ctx)
        return float(sum(int(part or 0) * unit for part, unit in zip(parts.groups(), (3600, 60, 1), strict=True)))


class ObjectiveText(click.ParamType["Objective"]):
    """What a rate has to keep: a percentile of the latency and its limit, p99=10ms."""

    name = "percentile=time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> "Objective":
        """Return percentile and limit."""
        from loadgen.record.curve import Objective

        if isinstance(value, Objective):
            return value
        parts = re.fullmatch(r"p(50|90|99|99\.9)=(\d+(?:\.\d+)?)(us|ms|s)", str(value))
        if parts is None or float(parts[2]) == 0:
            return self.fail(f"expected p50, p90, p99 or p99.9 and a time, as in p99=10ms, not '{value}'", param, ctx)
        return Objective(percentile=float(parts[1]), limit_ms=float(parts[2]) * MILLISECONDS[parts[3]])


class Export(click.ParamType[tuple[str, Path]]):
    """A format and the file to write, FORMAT=FILE."""

    name = "format=file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """Return the format's name and the file."""
        if ctx is not None and ctx.resilient_parsing:  # a shell completes what comes behind it, and waits
            return "", Path()
        from analysis.regress.export import FORMATS

        if isinstance(value, tuple):
            return value
        name, _, file = str(value).partition("=")
        if name not in FORMATS or not file:
            return self.fail(f"expected FORMAT=FILE with a format of {', '.join(FORMATS)}, not '{value}'", param, ctx)
        if Path(file).is_dir():
            return self.fail(f"expected a file to write, and {one_line(file)} is a folder", param, ctx)
        return name, Path(file)


ROUNDS = click.IntRange(1, 10_000)

run_folder = click.argument("run_folder", required=False, type=PathText())
results = click.option("--results", type=PathText(), help="Instead of the project's .primebench/, or the checkout's results/.")
scenarios = click.option("--scenarios", type=PathText(), help="Instead of the project's primebench.toml.")
example = click.option("--example", metavar="NAME", help="Instead of a project: one that comes with primebench (prime).")
verbose = click.option("-v", "--verbose", is_flag=True, help="Print every table, not only one screen.")
table_format = click.option(
    "--format",
    "written_as",
    type=click.Choice(["text", "markdown", "csv", "json"]),
    default="text",
    show_default=True,
    help="How tables are printed; all but text in UTF-8.",
)


def flattened(lists: tuple[list[str], ...]) -> list[str]:
    """Return the names of a NameList option that was given any number of times."""
    return [name for names in lists for name in names]


def repeated_for(other: click.Command) -> list[str]:
    """Return the options of the command line that the `other` command takes, too, as words of a line for that."""
    context = click.get_current_context()
    taken = {name for parameter in other.params for name in parameter.opts}
    words = []
    for parameter in context.command.params:
        name = parameter.opts[0]
        if name in taken and _was_given(context, parameter):
            value = context.params[parameter.name or ""]
            for each in value if parameter.multiple else [value]:
                words += [name, _typed(parameter.type, each)]
    return words


def _typed(of: click.ParamType[Any], value: Any) -> str:
    """A value as it may be typed."""
    if isinstance(of, Duration):
        return f"{value:.0f}s"
    return ",".join(value) if isinstance(of, NameList) else str(value)


def refuse_beside(flag: str, says: str, others: Collection[str]) -> None:
    """Raise Error if any of the `others`, parameters by name, was given beside a flag that has no use for it, as it `says`."""
    context = click.get_current_context()
    parameters = [param for param in context.command.params if param.name in others and _was_given(context, param)]
    if parameters:
        names = (_as_given(parameter, context.params.get(parameter.name or "")) for parameter in parameters)
        raise Error(f"{flag} {says}: leave out {', '.join(names)}")


def check_resumed_alone(what: str, beside: Collection[str]) -> None:
    """Raise Error if an option was given that asks for something else than the run or field that is to be resumed."""
    names = {param.name or "" for param in click.get_current_context().command.params}
    refuse_beside("--resume", f"goes on with what the {what} was asked for", names - {"interrupted", *beside})


def _was_given(context: click.Context, parameter: click.Parameter) -> bool:
    return context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE


def _as_given(parameter: click.Parameter, value: object) -> str:
    """Return the option as it was typed: of a pair the one that gives this value."""
    opts = parameter.secondary_opts if value is False and parameter.secondary_opts else parameter.opts
    return next((name for name in opts if name.startswith("--")), opts[0])


def check_one_format(as_json: bool, written_as: str) -> None:
    """Raise Error if both --json and --format were given."""
    if as_json and written_as != "text":
        raise Error("--json prints the data that tables are made from, --format the tables: leave out one of them")
