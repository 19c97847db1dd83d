"""A field of many services: who stands where, what is said in 80 columns, what is drawn, kept, and shown in docs."""

import json
import math
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.field.keep import FINDINGS_IN, NONE_KEPT, SHOWN_IN, keep_field, kept_in, made
from analysis.field.model import FieldResult, FieldTask, FieldWorkload
from analysis.field.page import every_table, findings_part, page
from analysis.field.places import field_workload, groups, rank_text, said_between, undecided
from analysis.field.plot import draw_field, language_looks
from analysis.field.read import read_field
from analysis.field.render import render
from analysis.field.screen import LINES_A_TASK, screen, task_lines
from analysis.field.tables import cold_table, http_table, matrix_table, places_table
from analysis.model import metric as m
from analysis.model.comparison import Comparison
from analysis.model.figure_of import figure_of
from analysis.model.summary import read_summary
from analysis.plots.outliers import axis_end
from analysis.plots.plot import Plot
from analysis.plots.ratios import write_ratio_plot
from analysis.report.screen import LINES
from analysis.report.screen import screen as whole_screen
from analysis.stats.interval import ratio_of_pairs
from loadgen.conformance.findings import kinds
from loadgen.errors import Error
from loadgen.record.run import DirectPair
from primebench.cli import cli
from tests.unit.comparisons import Verdict, comparison, contender, workload
from tests.unit.fields import ABSENT, EVIDENCE, HINDERED, SERVICES, TASKS, make_field

ROOT = Path(__file__).parents[2]
OF = {label: level for label, (_, _, level) in SERVICES.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_field(tmp_path_factory.mktemp("field"))


@pytest.fixture(scope="module")
def result(folder: Path) -> FieldResult:
    return render(folder)


@pytest.fixture
def prime(result: FieldResult) -> FieldTask:
    return result.tasks[0]


def decided(*verdicts: tuple[str, str, Verdict, float]) -> FieldWorkload:
    """The places of services with these verdicts on CPU per request, the first of them the reference."""
    labels = list(dict.fromkeys(label for a, b, *_ in verdicts for label in (a, b)))
    pairs = [comparison(a, b, metric=m.CPU_PER_REQUEST, ratio=ratio, verdict=verdict) for a, b, verdict, ratio in verdicts]
    services = [contender(label).replace(figures={m.CPU_PER_REQUEST.name: figure_of([1.0])}) for label in labels]
    return field_workload(workload(pairs, contenders=services))


def ranks(found: FieldWorkload) -> dict[str, str]:
    return {place.label: rank_text(place) for place in found.places}


def test_the_order_is_that_of_the_ratio_to_the_reference(prime: FieldTask) -> None:
    (first, *_) = prime.workloads
    assert first.reference == "cpp"
    told_apart = sorted((label for label in OF if label not in ("gonet", "vertx")), key=OF.__getitem__)
    assert [place.label for place in first.places if place.label in told_apart] == told_apart
    for place in first.places:
        if place.ratio is not None:
            assert place.ratio.ratio == pytest.approx(OF[place.label] * HINDERED.get(place.label, 1), rel=0.02)


def test_what_cannot_be_told_apart_shares_its_ranks(prime: FieldTask) -> None:
    found = ranks(prime.workloads[0])
    assert {found["gonet"], found["vertx"]} == {"9–10"}
    assert [found[label] for label in ("cpp", "may-minihttp", "node", "python")] == ["1", "2", "11", "12"]


def test_a_tie_that_bridges_two_that_are_told_apart_is_a_range_and_one_group() -> None:
    found = decided(("a", "b", "tie", 0.99), ("b", "c", "tie", 0.99), ("a", "c", "lower", 0.98))
    assert ranks(found) == {"a": "1–2", "b": "1–3", "c": "2–3"}
    assert groups(found) == [["a", "b", "c"]]


def test_groups_end_where_all_before_win_against_all_behind() -> None:
    found = decided(
        ("a", "b", "lower", 0.9),
        ("a", "c", "lower", 0.8),
        ("a", "d", "lower", 0.7),
        ("b", "c", "tie", 0.95),
        ("b", "d", "lower", 0.8),
        ("c", "d", "lower", 0.9),
    )
    assert groups(found) == [["a"], ["b", "c"], ["d"]]
    assert ranks(found) == {"a": "1", "b": "2–3", "c": "2–3", "d": "4"}


def test_a_service_of_which_nothing_is_told_has_no_rank_and_takes_none_from_others() -> None:
    found = decided(("a", "b", "cannot tell", 0.5), ("a", "c", "lower", 0.9), ("b", "c", "cannot tell", 1.0))
    assert ranks(found) == {"a": "1", "c": "2", "b": "?"}
    assert groups(found) == [["a"], ["c"]]
    assert said_between(found)["a", "b"][0] == "not comparable"


def test_one_round_ranks_nobody_and_draws_the_reference_alone(tmp_path: Path, prime: FieldTask) -> None:
    found = decided(*(("cpp", other, "cannot tell", 0.9) for other in ("actix", "axum")))
    assert set(ranks(found).values()) == {"?"}
    assert groups(found) == []
    (plot,) = draw_field(FieldResult(schema_version=1, tasks=[prime.replace(workloads=[found])]), tmp_path)
    assert plot.svg.read_text(encoding="utf-8").count("cannot tell") == 2
    lines = task_lines(prime.replace(workloads=[found]))
    assert [line.split()[:2] for line in lines if " actix " in line] == [["?", "actix"]]


def test_two_that_cannot_be_compared_with_each_other_count_as_a_tie() -> None:
    found = decided(("a", "b", "lower", 0.9), ("a", "c", "lower", 0.8), ("b", "c", "cannot tell", 0.9))
    assert ranks(found) == {"a": "1", "b": "2–3", "c": "2–3"}
    assert said_between(found)["b", "c"][0] == "not comparable"


def test_a_service_that_beats_the_reference_stands_before_it() -> None:
    found = decided(("ref", "a", "higher", 1.2), ("ref", "b", "lower", 0.5), ("a", "b", "lower", 0.4))
    assert ranks(found) == {"a": "1", "ref": "2", "b": "3"}


def test_the_pairs_to_measure_first_are_the_neighbours_that_are_nearly_told_apart() -> None:
    wide = comparison("b", "c", metric=m.CPU_PER_REQUEST, ratio=0.99, half=0.1)
    near = comparison("c", "d", metric=m.CPU_PER_REQUEST, ratio=0.99, half=0.011)
    apart = [
        comparison("a", other, metric=m.CPU_PER_REQUEST, ratio=ratio, verdict="lower")
        for other, ratio in (("b", 0.6), ("c", 0.58), ("d", 0.57))
    ]
    far = comparison("b", "d", metric=m.CPU_PER_REQUEST, ratio=0.98, half=0.019)
    services = [contender(label) for label in "abcd"]
    found = undecided(field_workload(workload([*apart, wide, near, far], contenders=services)))
    assert [(pair.numerator, pair.denominator) for pair in found] == [("c", "d"), ("b", "c")]


def test_neighbours_stand_as_their_direct_pairs_say() -> None:
    found = decided(
        *(("a", other, "lower", ratio) for other, ratio in (("b", 0.80), ("c", 0.79), ("d", 0.78))),
        ("b", "c", "higher", 1.02),
        ("b", "d", "higher", 1.03),
        ("c", "d", "tie", 1.0),
    )
    assert [place.label for place in found.places] == ["a", "c", "d", "b"]
    assert ranks(found) == {"a": "1", "c": "2–3", "d": "2–3", "b": "4"}


def test_a_tie_of_two_that_were_side_by_side_is_not_asked_for_again() -> None:
    in_turn = decided(
        ("a", "b", "tie", 0.99),
        *((name, other, "lower", 0.8) for name in "ab" for other in "cd"),
        ("c", "d", "tie", 0.99),
    )
    found = in_turn.replace(paired=True)
    asked = [[(pair.numerator, pair.denominator) for pair in undecided(workload)] for workload in (in_turn, found)]
    assert sorted(asked[0]) == [("a", "b"), ("c", "d")]
    assert asked[1] == [("c", "d")], "all were beside a"
    hindered = [place.replace(beside=place.ratio if place.label == "d" else None) for place in found.places]
    assert undecided(found.replace(places=hindered)) == [], "side by side d is another one"
    direct = [DirectPair(workload=workload, service="d", beside="c") for workload in ("another", found.name)]
    assert [undecided(found, direct[:count]) != [] for count in (1, 2)] == [True, False]


def test_no_line_is_wider_than_the_terminal_and_a_task_has_few_of_them(result: FieldResult) -> None:
    for width in (80, 60):
        assert max(map(len, screen(result, width))) <= width
    for task in result.tasks:
        assert len(task_lines(task)) <= LINES_A_TASK
        rows = [line for line in task_lines(task) if line[:1].isdigit() and line.split()[1] in SERVICES]
        assert len(rows) == len(SERVICES)


def test_a_row_has_rank_ratio_figures_and_score(prime: FieldTask) -> None:
    (row,) = [line for line in task_lines(prime) if " fiber " in line and "[" in line]
    cells = row.split()
    assert cells[:2] == ["7", "fiber"]
    ratio, low, high = float(cells[2]), float(cells[3].strip("[,")), float(cells[4].strip("]"))
    assert low < ratio < high
    assert cells[-1] == f"{241 - len(EVIDENCE['fiber'])}/241!"


def test_the_closest_tie_is_named_with_what_would_decide_it(prime: FieldTask) -> None:
    (line,) = [line for line in task_lines(prime) if " tie; " in line]
    first, second = (place.label for place in prime.workloads[0].places if place.label in ("gonet", "vertx"))
    assert line == f"{first} and {second} tie; side by side: primebench field --service {first},{second}"


def test_a_ratio_that_is_another_one_alone_says_so(prime: FieldTask) -> None:
    (main, *_) = prime.workloads
    hindered = {place.label: place.beside for place in main.places if place.beside is not None}
    assert list(hindered) == list(HINDERED)
    assert hindered["node"].ratio == pytest.approx(OF["node"], rel=0.02)
    of_node = [pair for pair in main.pairs if "node" in (pair.numerator, pair.denominator)]
    between = {frozenset((pair.numerator, pair.denominator)): abs(math.log(pair.ratio or 1)) for pair in of_node}
    alone = OF["node"] * HINDERED["node"]
    for place in main.places:
        if place.label != "node":
            assert between[frozenset(("node", place.label))] == pytest.approx(abs(math.log(alone / OF[place.label])), abs=0.03)
    (row,) = [line for line in task_lines(prime) if " node " in line and "[" in line]
    assert "]~" in row
    (note,) = [note for note in places_table(prime, main).notes if "alone" in note]
    assert note.startswith("node:http: 5.8")
    assert "cannot tell · ~ of trials alone" in screen(FieldResult(schema_version=1, tasks=[prime]))[-1]


def test_many_that_were_not_measured_leave_the_table_whole(prime: FieldTask) -> None:
    (absent,) = [service for service in prime.services if service.label == ABSENT[0]]
    assert f"not measured: {ABSENT[0]}: {ABSENT[3]}" in task_lines(prime)
    many = prime.replace(services=[*prime.services, *(absent.replace(label=f"x{number}") for number in range(20))])
    lines = task_lines(many)
    assert len(lines) == LINES_A_TASK
    assert lines[-1].startswith("and ")
    assert lines[: 4 + len(SERVICES)] == task_lines(prime)[: 4 + len(SERVICES)]


def test_severe_findings_are_named_once_with_whose_they_are(result: FieldResult) -> None:
    lines = screen(result)
    at = lines.index("! takes Transfer-Encoding with Content-Length: request smuggling possible")
    assert lines[at + 1].strip() == "fiber"
    assert "and 1 moderate, 1 minor: field.md" in lines
    without = result.replace(
        tasks=[task.replace(services=[_harmless(service) for service in task.services]) for task in result.tasks]
    )
    assert not any("HTTP:" in line for line in screen(without))


def _harmless(service: object) -> object:
    return service.replace(findings=[])  # type: ignore[attr-defined]


def test_the_matrix_has_wins_with_their_ratio_ties_and_nothing_else(prime: FieldTask) -> None:
    table = matrix_table(prime, prime.workloads[0])
    cells = {
        (head, other.split()[-1]): cell.value for head, row in table.rows for other, cell in zip(table.heads, row, strict=True)
    }
    assert float(cells["ntex 3", "actix"]) == pytest.approx(OF["ntex"] / OF["actix"], rel=0.02)
    assert cells["Actix Web 4", "ntex"] == ""
    assert cells["net/http", "vertx"] == cells[SERVICES["vertx"][0], "gonet"] == "="
    assert cells["ntex 3", "ntex"] == "·"


def test_cold_start_stands_beside_what_is_warm(prime: FieldTask) -> None:
    table = cold_table(prime)
    assert table is not None
    rows = dict(table.rows)
    ready, load, _ = rows["Actix Web 4"]
    assert float(ready.value) == pytest.approx(10 * OF["actix"], rel=0.3)
    assert rows[SERVICES["python"][0]][1].value.startswith("over ")
    assert not load.value.startswith("over ")
    cold = [service.replace(cold_start=None) for service in prime.services]
    assert cold_table(prime.replace(services=cold)) is None


def test_scores_stand_beside_the_worst_finding(result: FieldResult) -> None:
    rows = {head: [cell.value for cell in cells] for head, cells in http_table(result).rows}
    assert rows["Fiber v2"] == [*["238/241"] * 3, "1", "0", "1", f"severe: {kinds()[1].says}"]
    assert rows["C++ · Beast"] == [*["241/241"] * 3, "0", "0", "0", "none"]
    assert rows[ABSENT[1]] == ["–"] * 7


def test_a_chart_a_task_with_every_name_and_a_colour_a_language(folder: Path, result: FieldResult) -> None:
    looks = language_looks(result)
    assert (
        len({look.colour for look in looks.values()}) == len(looks) == len({language for _, language, _ in SERVICES.values()})
    )
    for task in TASKS:
        text = "".join(ET.parse(folder / "plots" / f"{task}.svg").getroot().itertext())
        assert all(title.split(",")[0] in text for title, *_ in SERVICES.values())
        assert all(language in text for language in looks)
        assert "log scale; an arrow: beyond the axis" in text
        assert (folder / "plots" / f"{task}.png").is_file()


def test_the_axis_ends_before_what_would_squeeze_all_others() -> None:
    assert axis_end([1.0, 2.0, 5.9, 61.0]) == 5.9
    assert axis_end([1.0, 1.2, 1.5, 40.0, 200.0]) == 1.5
    assert axis_end([1.0, 1.5, 40.0, 200.0]) == 40.0, "as many as are left out stay"
    assert axis_end([1.0, 9.0]) == 9.0
    assert axis_end([1.0, 2.0, 5.9]) == 5.9
    assert axis_end([1.0]) == 1.0
    assert axis_end([5.0**place for place in range(9)]) == 5.0**5, "at most three are left out"


def test_an_ordinary_run_draws_it_at_the_edge_too(tmp_path: Path, folder: Path) -> None:
    summary = read_summary(folder.parents[1] / "runs" / "20260101T000000Z-field-plaintext" / "summary.json")
    (plot,) = write_ratio_plot(summary, tmp_path)
    assert plot.svg.read_text(encoding="utf-8").count("beyond the axis: +") == 1


def test_an_ordinary_run_of_many_services_has_room_for_all_of_its_screen(folder: Path) -> None:
    summary = read_summary(folder.parents[1] / "runs" / "20260101T000000Z-field-prime" / "summary.json")
    answer, rest = whole_screen(summary)
    assert len(answer) + len(rest) + 3 <= LINES


def test_the_page_has_each_task_its_chart_and_where_it_comes_from(result: FieldResult) -> None:
    text = page(result, "plots")
    for task in result.tasks:
        assert f"(plots/{task.name}.svg)" in text
        assert task.run.run_id in text.replace("\\", "")
    assert "who beats whom" in text
    assert len([line for line in text.splitlines() if line.startswith("### ")]) == len(every_table(result))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts take a second each: files in their place."""

    def draw(result: FieldResult, folder: Path) -> list[Plot]:
        folder.mkdir(exist_ok=True)
        plots = [Plot(task.name, "", "", folder / f"{task.name}.svg") for task in result.tasks]
        for plot in plots:
            plot.svg.write_text("<svg/>", encoding="utf-8")
        return plots

    monkeypatch.setattr("analysis.field.keep.draw_field", draw)
    monkeypatch.setattr("analysis.field.plot.draw_field", draw)


@pytest.mark.usefixtures("undrawn")
def test_what_is_kept_says_the_same_without_the_runs(tmp_path: Path, folder: Path, result: FieldResult) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    shutil.copy(folder / "standings.json", kept)
    assert read_field(kept) == result
    render(kept)
    assert (kept / "field.md").read_bytes() == (folder / "field.md").read_bytes()
    assert (kept / "standings.json").stat().st_size < 500_000


def checkout(tmp_path: Path) -> Path:
    for place in (SHOWN_IN, FINDINGS_IN):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text((ROOT / place).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("undrawn")
def test_keeping_a_field_writes_its_folder_and_both_pages(tmp_path: Path, result: FieldResult) -> None:
    place = checkout(tmp_path)
    assert kept_in(place) is None
    keep_field(result, place)
    folder = kept_in(place)
    assert folder is not None
    assert sorted(path.name for path in folder.rglob("*.*")) == ["json.svg", "plaintext.svg", "prime.svg", "standings.json"]
    assert holds(place)
    shown = (place / FINDINGS_IN).read_text(encoding="utf-8")
    assert "In the field: Fiber v2 (both-length-first, both-length-short)." in shown
    assert "Fiber v2" in (place / SHOWN_IN).read_text(encoding="utf-8")
    keep_field(read_field(folder), place)
    assert holds(place)


@pytest.mark.usefixtures("undrawn")
def test_a_page_without_its_markers_leaves_what_was_kept(tmp_path: Path, result: FieldResult) -> None:
    place = checkout(tmp_path)
    (place / SHOWN_IN).write_text("# The field\n", encoding="utf-8")
    with pytest.raises(Error, match=r"docs/field\.md: expected a line"):
        keep_field(result, place)
    assert kept_in(place) is None


def holds(place: Path) -> bool:
    """Return whether both pages are what the field that is kept gives."""
    folder = kept_in(place)
    result = None if folder is None else read_field(folder)
    texts = {page: (place / page).read_text(encoding="utf-8") for page in (SHOWN_IN, FINDINGS_IN)}
    return all(made(result, page, text) == text for page, text in texts.items())


def test_the_documentation_shows_the_field_that_is_kept() -> None:
    assert holds(ROOT), "run: primebench reference results/field"
    kept = kept_in(ROOT)
    assert (NONE_KEPT.strip() in (ROOT / SHOWN_IN).read_text(encoding="utf-8")) is (kept is None)


def test_ratios_that_are_kept_follow_from_the_rounds_that_are_kept() -> None:
    kept = kept_in(ROOT)
    ratios = [] if kept is None else [ratio for ratio in _ratios(read_field(kept)) if not ratio.machines]
    for ratio in ratios:
        found = ratio_of_pairs(ratio.each, [1.0] * len(ratio.each))
        assert ratio.ratio == pytest.approx(found.ratio)
        if found.interval is not None:
            assert ratio.interval is not None
            assert (ratio.interval.low, ratio.interval.high) == pytest.approx((found.interval.low, found.interval.high))


def _ratios(result: FieldResult) -> list[Comparison]:
    places = [place for task in result.tasks for workload in task.workloads for place in workload.places]
    return [place.ratio for place in places if place.ratio is not None and place.ratio.ratio is not None]


def test_each_ratio_of_a_made_field_follows_from_its_rounds(result: FieldResult) -> None:
    for ratio in _ratios(result):
        assert ratio.ratio == pytest.approx(ratio_of_pairs(ratio.each, [1.0] * len(ratio.each)).ratio)


def test_every_finding_is_explained_without_a_field_too() -> None:
    text = findings_part(None)
    assert all(f"#### `{kind.id}`" in text and kind.says in text for kind in kinds())
    assert "In the field" not in text


def test_names_from_outside_become_no_markup(prime: FieldTask) -> None:
    hostile = "<script>|x`*"
    services = [service.replace(title=hostile) if service.label == "actix" else service for service in prime.services]
    text = page(FieldResult(schema_version=1, tasks=[prime.replace(services=services)]), "plots")
    assert "<script>" not in text
    assert places_table(prime.replace(services=services), prime.workloads[0]).rows[3][0] == hostile


def test_no_name_breaks_a_chart(tmp_path: Path, prime: FieldTask) -> None:
    forbidden = "a\x1b[31m\x00<b> & ]]>"
    services = [
        service.replace(title=forbidden, language=forbidden) if service.label == "cpp" else service
        for service in prime.services
    ]
    main = prime.workloads[0].replace(label=forbidden, places=prime.workloads[0].places[:2])
    task = prime.replace(services=services, workloads=[main])
    (plot,) = draw_field(FieldResult(schema_version=1, tasks=[task]), tmp_path)
    assert "<b> & ]]>" in "".join(ET.parse(plot.svg).getroot().itertext())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"schema": 1, "runs": {}}', "expected a run a task, got none"),
        ('{"schema": 1, "runs": {"prime": "../nowhere"}}', r"runs\.prime: no folder"),
        ('{"schema": 1, "runs": {"../x": "."}}', "runs"),
        ('{"schema": 2, "runs": {"prime": "."}}', "schema"),
        ("{", "not JSON"),
    ],
)
def test_a_wrong_field_file_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "field.json").write_text(text, encoding="utf-8")
    with pytest.raises(Error, match=message) as raised:
        render(tmp_path)
    assert "\n" not in str(raised.value)


def test_a_run_that_was_not_analysed_is_named(tmp_path: Path, folder: Path) -> None:
    run = next((folder.parents[1] / "runs").iterdir())
    (tmp_path / "run").mkdir()
    for name in ("run.json", "trials.jsonl"):
        shutil.copy(run / name, tmp_path / "run")
    (tmp_path / "field.json").write_text('{"schema": 1, "runs": {"prime": "run"}}', encoding="utf-8")
    with pytest.raises(Error, match="primebench report"):
        render(tmp_path)


@pytest.mark.usefixtures("undrawn")
def test_report_prints_a_field_and_its_formats(tmp_path: Path, folder: Path) -> None:
    shutil.copy(folder / "standings.json", tmp_path)
    shown = CliRunner().invoke(cli, ["report", str(tmp_path)])
    assert shown.exit_code == 0, shown.output
    assert "prime: n = 100, 64 connections" in shown.output
    table = CliRunner().invoke(cli, ["report", str(tmp_path), "--format", "csv"])
    assert "who beats whom" in table.output
    whole = json.loads(CliRunner().invoke(cli, ["report", str(tmp_path), "--json"]).output)
    assert [task["name"] for task in whole["tasks"]] == list(TASKS)
