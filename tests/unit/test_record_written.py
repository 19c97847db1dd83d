"""Whatever numbers and strings are in a record: it is written, and reads back as it was."""

import json
import math
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from loadgen.record.benchmark import Timing
from loadgen.record.folder import RunFolder
from loadgen.record.run import RunRecord
from loadgen.record.trial import BenchmarkTrial, CountTrial, LoadTrial, Trial
from loadgen.record.workload import Rate
from loadgen.strict import Strict
from tests.unit.records import BENCHMARK_TRIAL, RUN, TRIAL

FLOATS = st.floats() | st.sampled_from([-0.0, 5e-324, 1.7976931348623157e308, 1e16, math.nan, math.inf, -math.inf])
STRINGS = st.text(max_size=20) | st.sampled_from(
    ["", "\x00", "\x1c", "\x85", "\u2028", "NaN", "Infinity", "null", "\U0001f600"]
)
JSON = st.recursive(st.none() | st.booleans() | st.integers() | FLOATS | STRINGS, st.lists, max_leaves=3)
PLAIN = {float: FLOATS, str: STRINGS, int: st.integers(), bool: st.booleans(), type(None): st.none()}
quickly = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def of_type(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    if kind is Rate:
        return st.sampled_from([Rate(share=0.5, of="closed"), Rate(per_s=500)])
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Strict):
        return of_model(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is Annotated:
        return st.floats(min_value=0.01, max_value=1.0)  # of an objective, the one that has limits
    if origin in (Union, types.UnionType):
        return st.one_of(*map(of_type, parts))
    if origin is list:
        return st.lists(of_type(parts[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(of_type(parts[0]), of_type(parts[1]), max_size=2)
    return JSON


def of_model(model: type[Strict]) -> st.SearchStrategy[Any]:
    """Any instance of a record model."""
    fields = {name: of_type(field.rebuild_annotation()) for name, field in model.model_fields.items()}
    return st.fixed_dictionaries(fields).map(model.model_validate)


def same(a: object, b: object) -> bool:
    """Whether two values are of one type and equal; NaN equals NaN, and -0.0 differs from 0.0."""
    if isinstance(a, Strict):
        return type(a) is type(b) and same(dict(a), dict(b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return repr(a) == repr(b)
    return type(a) is type(b) and a == b


def with_time(time_ns: float) -> Trial:
    timing = Timing(scenario="", contender="", case="a", iterations=1, repetitions=1, time_ns=time_ns, counters={"c": time_ns})
    return BENCHMARK_TRIAL.replace(timings=[timing])


@quickly
@given(trial=st.one_of(of_model(LoadTrial), of_model(BenchmarkTrial), of_model(CountTrial)))
@example(with_time(math.nan))
@example(with_time(math.inf))
@example(with_time(-math.inf))
def test_a_trial_reads_back_as_it_was(folder: RunFolder, trial: Trial) -> None:
    folder.trials_file.unlink(missing_ok=True)
    folder.append_trial(trial)
    (read,) = folder.read_trials()
    assert same(read, trial)


@quickly
@given(run=of_model(RunRecord))
def test_a_run_reads_back_as_it_was(folder: RunFolder, run: RunRecord) -> None:
    folder.write_run(run)
    assert same(folder.read_run(), run)


@quickly
@given(text=st.text(st.characters(categories=["Cs", "L", "Zs", "Cc"]), max_size=20))
@example("caf\udce9.txt")
def test_bytes_that_are_no_text_do_not_keep_a_record_from_being_written(folder: RunFolder, text: str) -> None:
    """Such strings come from names of files; they are lost, all else is kept."""
    folder.trials_file.unlink(missing_ok=True)
    folder.append_trial(TRIAL.replace(failure=text))
    folder.write_run(RUN.replace(end_reason=text))
    readable = "".join("?" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    assert [trial.failure for trial in folder.read_trials()] == [readable]
    assert folder.read_run().end_reason == readable


def test_a_record_of_finite_numbers_is_json_for_strict_parsers(folder: RunFolder) -> None:
    folder.append_trial(TRIAL)

    def refused(constant: str) -> None:
        raise ValueError(constant)

    assert json.loads(folder.trials_file.read_bytes(), parse_constant=refused)["index"] == TRIAL.index
