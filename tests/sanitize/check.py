"""The C++ server and the native load generator under sanitizers: unit tests, conformance, a load; what the generator sends and
reads. Whatever a sanitizer reports, anywhere, is a failure.

`python -m tests.sanitize.check [asan] [tsan]`; exit code 0 if nothing was found, 1 if something was. Each preset has a folder
here with a service.toml, so that the harness builds and starts the sanitized server as it does any service.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

CHECKOUT = Path(__file__).resolve().parents[2]
PRESETS = ("asan", "tsan")
VARIANTS = ("", ":offload", ":tuned")
REPORT_EXIT_CODE = 86
"""No program here ends with it by itself."""
LINES_SHOWN = 60
SKIPPED = {"asan": ["tests/conformance/test_limits.py::test_no_descriptors_left"]}
"""UBSan's check of vptrs opens a pipe to see whether an address can be read. Without descriptors it cannot, and takes every
object that it has not seen before for invalid. The other preset runs the test."""
MMAP_RND_BITS = Path("/proc/sys/vm/mmap_rnd_bits")
MMAP_RND_BITS_MAX = 28
"""ThreadSanitizer's shadow takes the place of what lies where no mapping was when it was written. Kernels that randomise more
bits (32 on Ubuntu 24.04) map there, and every program ends with "unexpected memory mapping", before GCC 14 and LLVM 18."""


def commands(preset: str) -> list[list[str]]:
    """What is run under the preset, in order."""
    python = [sys.executable, "-m"]
    folder = f"tests/sanitize/{preset}"
    services = [["--service", folder + variant] for variant in VARIANTS]
    suite = [f"tests/conformance/test_{name}.py" for name in ("contract", "ordinary_client", "process", "limits")]
    skipped = [f"--deselect={test}" for test in SKIPPED.get(preset, [])]
    generator = CHECKOUT / "build" / preset / "loadgen" / "native" / "primebench-load"
    return [
        ["cmake", "--preset", preset, "--log-level=WARNING"],
        ["cmake", "--build", "--preset", preset, "--parallel", "1", "--", "--quiet"],
        ["ctest", "--preset", preset],
        ["env", f"NATIVE_GENERATOR={generator}", *python, "pytest", "tests/end_to_end/test_native_generator.py"],
        [*python, "pytest", *suite, *services[0], *skipped],
        # Flags do not matter to the others: those start the program by itself.
        [*python, "pytest", *suite[:2], *(argument for service in services[1:] for argument in service)],
        *([*python, "tests.sanitize.load", folder + variant] for variant in VARIANTS),
    ]


def environment(reports: Path) -> dict[str, str]:
    """Every sanitizer ends its process and writes into the folder `reports`, those of child processes included.

    But GCC's UBSan, beside ASan, writes to standard error whatever its log_path says: it shows as a program that ended with
    REPORT_EXIT_CODE, or as a server that died, which no test and no load lets pass.
    """
    ending = f"halt_on_error=1:exitcode={REPORT_EXIT_CODE}:log_path={reports}/report"
    return os.environ | {
        "ASAN_OPTIONS": f"{ending}:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1",
        "UBSAN_OPTIONS": f"{ending}:print_stacktrace=1",
        "TSAN_OPTIONS": f"{ending}:second_deadlock_stack=1",
    }


def without_randomisation(preset: str) -> list[str]:
    """The command under which the preset's programs must run, the tests that the build asks for their names included."""
    if preset == "tsan" and MMAP_RND_BITS.exists() and int(MMAP_RND_BITS.read_text()) > MMAP_RND_BITS_MAX:
        return ["setarch", "--addr-no-randomize"]
    return []


def failure(command: Sequence[str], variables: Mapping[str, str], reports: Path) -> str | None:
    """Run the command; what is wrong with it, or None."""
    click.echo(f"$ {' '.join(command)}")
    code = subprocess.run(command, cwd=CHECKOUT, env=dict(variables), check=False).returncode
    written = sorted(reports.iterdir())
    for report in written:
        lines = report.read_text(errors="replace").splitlines()
        click.echo("\n".join([f"{report.name}:", *lines[:LINES_SHOWN]]), err=True)
    if written:
        return f"{len(written)} sanitizer reports, exit code {code}"
    return f"exit code {code}" if code != 0 else None


@click.command()
@click.argument("presets", nargs=-1, type=click.Choice(PRESETS))
def main(presets: tuple[str, ...]) -> None:
    """Check under these presets (default: all); the first command that fails ends its preset."""
    failures = []
    for preset in presets or PRESETS:
        for command in commands(preset):
            with tempfile.TemporaryDirectory(prefix="primebench-") as folder:
                reports = Path(folder)
                wrong = failure([*without_randomisation(preset), *command], environment(reports), reports)
            if wrong is not None:
                failures.append(f"{preset}: {' '.join(command)}: {wrong}")
                break
    for line in failures:
        click.echo(line, err=True)
    click.echo("sanitizers: " + ("failed" if failures else "nothing found"))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
