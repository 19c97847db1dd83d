"""The text of a primebench.toml: a proposal and what is asked, with comments for who edits it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from loadgen.init.proposal import NO_PORT, Proposal
from loadgen.init.requests import Asked, Wanted
from loadgen.init.toml import Table, text_of

if TYPE_CHECKING:
    from pydantic import JsonValue

_MOST_OTHERS = 5
_HEAD = (
    "What primebench builds, asks and measures in this repository. primebench init wrote it and never writes over it: edit it.",
    "primebench verify tells whether it is right, primebench run measures, primebench regress judges a change.",
)
_BUILD = {
    "needs": "programs that must be on PATH",
    "root": "the folder of the inputs, where the commands run",
    "inputs": "what the build reads; with fewer it is made again less often",
    "fetch": "may use the network, and is not timed",
    "commands": "run without the network, in a copy of the inputs; {out} takes what is kept",
}
_EXAMPLE = (
    "Another request, with what a right response has:",
    'expect = { status = [200], headers = { Content-Type = "^application/json" }, json = [{ path = "$.id", equals = 7 }] }',
)
_LOAD = {"keep_alive": "the service closes the connection behind each response, as gunicorn's sync workers do"}
_ASSETS = {"font": "fonts", "image": "images", "media": "sound and film", "script": "scripts", "style": "style sheets"}


def project_text(proposal: Proposal, asked: Asked) -> str:
    """Return the text. Each line that is not sure has a line above it that says what to look at."""
    return text_of([*_service(proposal), *_task(proposal, asked), *_workloads(proposal, asked.requests)])


def _service(proposal: Proposal) -> Iterator[Table]:
    yield Table("", {"schema": 1}, above=_HEAD)
    named: dict[str, JsonValue] = {
        "name": proposal.name,
        "title": proposal.name,
        "language": proposal.language,
        "tier": "reference",
    }
    others = proposal.others[:_MOST_OTHERS]
    also = [f"made of {proposal.place}; also here: {', '.join(others)}"] if others else []
    yield Table("[service]", named, {"title": "what tables show after the language"}, above=also)
    comments = {key: comment for key, comment in _BUILD.items() if key in proposal.build}
    yield Table("[service.build]", proposal.build, comments, proposal.build_edits)
    start = proposal.start
    values: dict[str, JsonValue] = {"command": [*start.command]}
    if start.environment:
        values["environment"] = {**start.environment}
    last = next(reversed(values))
    comments = {last: start.comment} if start.comment else {}
    doubtful = last if start.edit == NO_PORT else "command"
    yield Table("[service.start]", values, comments, {doubtful: start.edit} if start.edit else {})


def _task(proposal: Proposal, asked: Asked) -> Iterator[Table]:
    values: dict[str, JsonValue] = {"name": proposal.name, "title": proposal.name}
    if proposal.ready_within_s:
        values["ready"] = {"within_s": proposal.ready_within_s}
    secrets = [f"Takes from the environment: {', '.join(asked.secrets)}"] if asked.secrets else []
    yield Table("[task]", values, above=secrets)
    yield from (Table("[[task.data]]", data) for data in asked.data)
    kind = ""
    for wanted in asked.requests:
        heading = [_ASSETS[wanted.asset]] if wanted.asset not in ("", kind) else []
        kind = wanted.asset
        yield Table("[[task.requests]]", wanted.table, edits=wanted.edits, above=[*heading, *wanted.notes])
    if asked.left_out:
        yield Table("", below=["Left out:", *(f"- {line}" for line in asked.left_out)])
    elif len(asked.requests) == 1:
        yield Table("", below=_EXAMPLE)


def _workloads(proposal: Proposal, requests: Sequence[Wanted]) -> Iterator[Table]:
    """Yield a workload of all requests, or one of what is computed and one of static files."""
    load: dict[str, JsonValue] = {"connections": 64, "generator": "native"}
    if not proposal.start.keeps_alive:
        load["keep_alive"] = False
    computed = {wanted.name: wanted.table.get("weight", 1) for wanted in requests if not wanted.asset}
    assets = {wanted.name: wanted.table.get("weight", 1) for wanted in requests if wanted.asset}
    if not (computed and assets):
        yield Table("[workloads.main]", {"title": "every request, by its weight", **load}, _LOAD)
        return
    asked = {name: weight for name, weight in computed.items() if weight}
    yield Table("[workloads.main]", {"title": "all but static files", "request": {**asked}, **load}, _LOAD)
    yield Table("[workloads.assets]", {"title": "static files", "request": {**assets}, **load}, _LOAD)
