"""primebench as a user starts it, but for three things: of the contract only the right primes are checked, because the stub
service keeps no more of it, a server that hangs is given up after two seconds, and SIGINT is heeded even if whoever runs the
tests ignores it (nohup, a background job)."""

import functools
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import loadgen.contract
import loadgen.prepare
import loadgen.start
import loadgen.watch
import primebench

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    cases = {f"prime-{10**power}" for power in range(5)} | {"prime-2"}
    setattr(loadgen.prepare, "run_contract", functools.partial(loadgen.contract.run_contract, only=cases))  # noqa: B010
    loadgen.watch.HANGS_AFTER_S = 2.0
    loadgen.start.READY_WITHIN_S = float(os.environ.get("READY_WITHIN_S", loadgen.start.READY_WITHIN_S))
    primebench.main()
