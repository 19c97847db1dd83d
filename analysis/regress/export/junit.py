"""JUnit XML: a testcase for the measurement itself, one a metric, one a control.

It keeps to both schemas in use: Jenkins's (tests/golden/junit-10.xsd), and Ant's, which is stricter: no attributes at the root,
a suite's properties first and its output last, no time zone. What XML has no way to write, `printable` has replaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from analysis.regress.export.quantity import quantity_of
from analysis.regress.export.wording import HEADLINES, commit_of, found, sides
from analysis.regress.model import RegressResult
from analysis.regress.verdict import ControlVerdict, MetricVerdict
from analysis.text.printable import in_one_line

UNTIMED = "0.000"
"""Ant's schema wants a time of each testcase; all are measured at once, only the suite has one."""


@dataclass(frozen=True)
class Case:
    """A testcase: what `went` wrong is named as JUnit does, None for nothing."""

    classname: str
    name: str
    went: Literal["failure", "error", "skipped"] | None = None
    kind: str = ""
    message: str = ""


def junit(result: RegressResult) -> str:
    """An XML document. A regression is a failure, what cannot be told is skipped, and an invalid run is an error: its metrics
    are skipped, so that a page of failures never hides what is wrong.
    """
    cases = [_measurement(result), *(_metric(result, metric) for metric in result.metrics), *map(_control, result.controls)]
    root = ElementTree.Element("testsuites")
    root.append(_suite(result, cases))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _measurement(result: RegressResult) -> Case:
    if result.outcome != "invalid":
        return Case("primebench.regress", "the measurement is valid")
    return Case("primebench.regress", "the measurement is valid", "error", "invalid", "; ".join(result.invalid))


def _metric(result: RegressResult, metric: MetricVerdict) -> Case:
    classname, name = _classname(metric.service, metric.layer, metric.workload), quantity_of(metric).metric.title
    if result.outcome == "invalid":
        return Case(classname, name, "skipped", "invalid", "the measurement is invalid")
    if metric.outcome == "regression":
        return Case(classname, name, "failure", "regression", found(metric))
    if metric.outcome == "inconclusive":
        return Case(classname, name, "skipped", "inconclusive", found(metric) + ("" if metric.required else " (not required)"))
    return Case(classname, name)


def _control(control: ControlVerdict) -> Case:
    classname = _classname(control.service, control.layer, control.workload)
    name = {"relinked": "control: the base relinked is no different", "slowed": "control: the base slowed is found"}[
        control.kind
    ]
    if control.kept is None:
        return Case(classname, name, "skipped", "inconclusive", control.evidence)
    return Case(classname, name) if control.kept else Case(classname, name, "error", "control", control.evidence)


def _classname(*parts: str) -> str:
    """Readers split it at its dots into packages and a class, so the parts' own dots have to go."""
    return ".".join(part.replace(".", "_") for part in parts if part)


def _suite(result: RegressResult, cases: list[Case]) -> ElementTree.Element:
    count = {kind: str(sum(case.went == kind for case in cases)) for kind in ("failure", "error", "skipped")}
    suite = ElementTree.Element(
        "testsuite",
        {
            "name": "primebench regress",
            "package": "primebench",
            "id": "0",
            "timestamp": result.started[: len("YYYY-MM-DDThh:mm:ss")],
            "hostname": in_one_line(result.machine.fingerprint) or "localhost",
            "tests": str(len(cases)),
            "failures": count["failure"],
            "errors": count["error"],
            "skipped": count["skipped"],
            "time": f"{result.measured_s or 0:.3f}",
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in _properties(result):
        ElementTree.SubElement(properties, "property", {"name": name, "value": in_one_line(value)})
    suite.extend(map(_testcase, cases))
    ElementTree.SubElement(suite, "system-out").text = "\n".join(map(in_one_line, _said(result)))
    ElementTree.SubElement(suite, "system-err").text = "\n".join(map(in_one_line, result.invalid))
    return suite


def _properties(result: RegressResult) -> Iterable[tuple[str, str]]:
    yield "outcome", result.outcome
    yield "run", result.run_id
    yield "base", commit_of(result.base)
    yield "head", commit_of(result.head)
    yield "primebench", result.primebench_version


def _said(result: RegressResult) -> Iterable[str]:
    yield f"{HEADLINES[result.outcome]}: {sides(result)}"
    yield from map(_found_where, result.metrics)
    yield from result.next_steps


def _found_where(metric: MetricVerdict) -> str:
    return f"{_classname(metric.service, metric.layer, metric.workload)}: {found(metric)}"


def _testcase(case: Case) -> ElementTree.Element:
    element = ElementTree.Element(
        "testcase", {"classname": in_one_line(case.classname), "name": in_one_line(case.name), "time": UNTIMED}
    )
    if case.went is not None:
        message = in_one_line(case.message)
        ElementTree.SubElement(element, case.went, {"type": case.kind, "message": message}).text = message
    return element
