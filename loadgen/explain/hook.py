"""A service's own profiler (explain.command of service.toml): folded stacks of what callgrind cannot run."""

from collections.abc import Iterator

from loadgen.config.service_file import Explain
from loadgen.errors import Error
from loadgen.explain.traced import Explained, asked_behind
from loadgen.placeholder import filled
from loadgen.system.environment import tool_environment
from loadgen.system.process import ending, spawned
from loadgen.system.scratch import scratch_folder
from loadgen.trial.server import Server
from loadgen.trial.server_log import last_words

SECONDS = 5


def stacks_of(explained: Explained, hook: Explain, at_once: int) -> list[str]:
    """Return the lines that the profiler writes while the service is asked; raise Error if it fails, or writes none."""
    label = f"{explained.contender.label}: explain.command"

    def asking(server: Server, turns: Iterator[int]) -> int:
        values = {
            "pid": str(server.process.pid),
            "port": str(server.port),
            "seconds": str(SECONDS),
            "folded": str(written),
        }
        command = [filled(part, values) for part in hook.command]
        with (
            errors.open("wb") as stderr,
            spawned(command, environment=tool_environment(), stderr=stderr, cwd=explained.contender.service.folder) as profiler,
        ):
            done = next(turns)
            while profiler.poll() is None:
                done = next(turns)
        if profiler.returncode != 0:
            raise Error(f"{label}: {ending(profiler.returncode)}{last_words(errors)}")
        return done

    with scratch_folder() as scratch:
        written, errors = scratch / "folded", scratch / "stderr"
        asked_behind(explained, [], at_once, asking)
        lines = written.read_text(encoding="utf-8", errors="replace").splitlines() if written.is_file() else []
    if not lines or not lines[0].rpartition(" ")[2].isdigit():
        raise Error(f"{label}: expected lines 'caller;callee COUNT' in {{folded}}, got {lines[0][:60] if lines else 'none'!r}")
    return lines
