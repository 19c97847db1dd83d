"""Runs a program, and beside it uses a share of the CPU time that it and its children use: the same, slower by that share.

`python3 slowed.py SHARE EVERY_S -- PROGRAM ...`. The control of a regression check: whatever the program is written in, its
process tree takes 1 + SHARE as much CPU time for each answer, and with one core the program gets as much less of it. Runs by
itself, with the standard library only; it takes over signals and exit code, so that it looks like the program.
"""

import os
import signal
import subprocess
import sys
import time


def main() -> int:
    """Run the program to its end; its exit code."""
    share, every_s, command = float(sys.argv[1]), float(sys.argv[2]), sys.argv[4:]
    handed_on = {signal.SIGTERM, signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, handed_on)  # one that comes while the program starts waits for it
    program = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "--", *command],
        preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_SETMASK, before),
    )
    for number in handed_on:
        signal.signal(number, lambda received, _frame: program.send_signal(received))
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    keep_up(program, share, every_s)
    code = program.wait()
    return 128 - code if code < 0 else code


def keep_up(program: "subprocess.Popen[bytes]", share: float, every_s: float) -> None:
    """Use `share` of the program's CPU time, in slices `every_s` seconds apart, until the program has ended."""
    seen: dict[int, float] = {}
    own_before, before = time.process_time(), used_s(program.pid, seen)
    while program.poll() is None:
        time.sleep(every_s)
        due_s = own_before + share * (used_s(program.pid, seen) - before)
        while time.process_time() < due_s:
            pass


def used_s(root: int, seen: dict[int, float]) -> float:
    """CPU time of a process and all below it. `seen` keeps what each has used, for the time after its end."""
    for pid in tree(root):
        try:
            seen[pid] = time.clock_gettime((~pid << 3) | 2)  # another process's CPU time: clock_getcpuclockid(3)
        except OSError:  # it has just ended
            continue
    return sum(seen.values())


def tree(root: int) -> "list[int]":
    """A process and all below it, as far as they are there."""
    pids = [root]
    for pid in pids:  # which grows meanwhile
        try:
            threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
            for thread in threads:
                with open(f"/proc/{pid}/task/{thread}/children") as children:  # noqa: PTH123
                    pids += map(int, children.read().split())
        except OSError:  # it has just ended
            continue
    return pids


def slowed_command(share: float, every_s: float, command: list[str]) -> list[str]:
    """The argument list that starts `command` slower by `share`."""
    return [sys.executable, "-S", "-E", "-P", os.path.abspath(__file__), str(share), str(every_s), "--", *command]  # noqa: PTH100


if __name__ == "__main__":
    sys.exit(main())
