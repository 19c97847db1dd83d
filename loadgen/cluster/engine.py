"""The engine: calling functions of the release on hosts that each have a worker of Dask."""

import asyncio
import contextlib
import pickle
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

from distributed import Client, Security
from distributed.scheduler import KilledWorker, NoValidWorkerError

from loadgen.cluster.connect import HostError
from loadgen.cluster.identity import Identity, identity
from loadgen.cluster.quiet import SCHEDULER, WORKER, settings, silence_logs
from loadgen.cluster.release import Release
from loadgen.cluster.started import started_workers
from loadgen.config.hosts import Host
from loadgen.errors import Error

LOOKED_EVERY_S = 2.0
"""How often the scheduler is asked whether the workers are there; no host hears of it."""
EXPLAINED_WITHIN_S = 5.0
"""For the reason of a worker's end, which comes by ssh."""
ANSWERED_WITHIN_S = 30.0
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class HostLostError(HostError):
    """A host whose worker has ended, or cannot be reached any more; what it was doing has not come to an end."""


@dataclass
class Cluster:
    """Hosts that are connected, each with a worker; made by `started_cluster`, usable until its block ends.

    `workers` are their addresses by the names of the hosts, `lost` says of a host that is lost why. Of the hosts `generators`
    put the load of a server on another one, at its `server_address`.
    """

    client: Client
    loop: asyncio.AbstractEventLoop
    workers: Mapping[str, str]
    lost: dict[str, str] = field(default_factory=dict)
    generators: tuple[str, ...] = ()
    server_address: str = ""

    @property
    def hosts(self) -> list[str]:
        """Return the names of the hosts that are there and measure."""
        return [name for name in self.workers if name not in self.lost and name not in self.generators]

    @property
    def elsewhere(self) -> dict[str, Any]:
        """Return the address at which generators on other hosts ask the server, and their workers; none without any."""
        return {"host": self.server_address, "workers": {name: self.workers[name] for name in self.generators}}

    def call(
        self, host: str, function: Callable[Parameters, Result], /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Future[Result]:
        """Run a function once in a thread of the worker on that host; nothing is tried again. May be called from any thread.

        The function is one of a module of the release: it is found there, not sent. The future has what it returned or raised,
        or HostLostError if the host was lost before.
        """
        return asyncio.run_coroutine_threadsafe(self._called(host, function, args, kwargs), self.loop)

    async def _called(self, host: str, function: Callable[..., Result], args: Any, kwargs: Any) -> Result:
        self._check_there(host)
        task = self.client.submit(
            _run,
            pickle.dumps((function, args, kwargs)),
            key=f"{function.__name__}-{uuid.uuid4().hex}",
            workers=[self.workers[host]],
            allow_other_workers=False,
            pure=False,
            retries=0,
        )
        waiting = asyncio.ensure_future(task.result())
        try:
            while not (await asyncio.wait([waiting], timeout=LOOKED_EVERY_S))[0]:
                self._check_there(host)
            result: Result = waiting.result()
        except (KilledWorker, NoValidWorkerError, asyncio.CancelledError) as error:
            if not waiting.done():
                raise
            await self._explained(host)
            raise HostLostError(f"{host}: {self.lost[host]}") from error
        finally:
            waiting.cancel()
            task.release()
        return result

    def _check_there(self, host: str) -> None:
        if host in self.lost:
            raise HostLostError(f"{host}: {self.lost[host]}")

    async def _explained(self, host: str) -> None:
        """Wait until it is known why the host is lost."""
        for _ in range(100):
            if host in self.lost:
                return
            await asyncio.sleep(EXPLAINED_WITHIN_S / 100)
        self.lost.setdefault(host, "its worker has ended")

    async def watch(self) -> None:
        """Take note of workers that the scheduler has lost, and of all once it is lost itself."""
        while True:
            try:
                info = await self.client.scheduler.identity(n_workers=-1)
            except OSError:
                for host in self.workers:
                    self.lost.setdefault(host, "the scheduler cannot be reached any more")
                return
            for host, address in self.workers.items():
                if address not in info["workers"] and host not in self.lost:
                    await self._explained(host)
            await asyncio.sleep(LOOKED_EVERY_S)


def _run(call: bytes) -> Any:
    """Make a call that Dask has not looked into."""
    function, args, kwargs = pickle.loads(call)
    return function(*args, **kwargs)


@contextlib.contextmanager
def started_cluster(hosts: Mapping[str, Host], release: Release) -> Iterator[Cluster]:
    """Start a scheduler here and a worker on each host, all in the same release, and end them with the block.

    Raise HostError for the first host that cannot be used, or has another release.
    """
    silence_logs()
    with settings(SCHEDULER), _in_a_loop(lambda: _of_hosts(hosts, release)) as cluster:
        yield cluster


@contextlib.asynccontextmanager
async def _of_hosts(hosts: Mapping[str, Host], release: Release) -> AsyncIterator[Cluster]:
    security = Security.temporary()
    async with (
        started_workers(hosts, release, security) as started_hosts,
        Client(started_hosts.scheduler, security=security, asynchronous=True, set_as_default=False) as client,
    ):
        cluster = Cluster(client, asyncio.get_running_loop(), started_hosts.workers, started_hosts.lost)
        async with _watched(cluster):
            yield cluster


@contextlib.contextmanager
def joined_cluster(address: str) -> Iterator[Cluster]:
    """Join a scheduler that is there already; its workers are the hosts, by the names of their machines. They stay when the
    block ends.

    Raise Error if it does not answer, if it has no workers or two on one machine, or if one has another primebench.
    """
    silence_logs()
    with settings(WORKER), _in_a_loop(lambda: _of_scheduler(address)) as cluster:
        yield cluster


@contextlib.asynccontextmanager
async def _of_scheduler(address: str) -> AsyncIterator[Cluster]:
    try:
        client = await Client(address, asynchronous=True, set_as_default=False, timeout=ANSWERED_WITHIN_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise Error(f"{address}: {error or 'no answer'}; expected a scheduler of Dask distributed") from error
    async with client:
        workers = sorted((await client.scheduler.identity(n_workers=-1))["workers"])
        if not workers:
            raise Error(f"{address}: has no workers; expected one on each machine")
        cluster = Cluster(client, asyncio.get_running_loop(), {worker: worker for worker in workers})
        async with _watched(cluster):
            named: dict[str, str] = {}
            for worker in workers:
                machine = _checked(worker, await asyncio.wrap_future(cluster.call(worker, identity)))
                if machine in named:
                    raise Error(f"{address}: two workers on {machine}; expected one a machine: nothing else may run there")
                named[machine] = worker
            cluster.workers = named
            yield cluster


def _checked(worker: str, there: Identity) -> str:
    """Return the machine's name; raise Error if it has another primebench."""
    here = identity()
    if (there.version, there.digest) != (here.version, here.digest):
        raise HostError(
            f"{there.machine}: its worker {worker} has primebench {there.version} ({there.digest}); expected {here.version} "
            f"({here.digest}), as here"
        )
    return there.machine


@contextlib.asynccontextmanager
async def _watched(cluster: Cluster) -> AsyncIterator[None]:
    watching = asyncio.create_task(cluster.watch())
    try:
        yield
    finally:
        watching.cancel()


@contextlib.contextmanager
def _in_a_loop(
    opened: Callable[[], contextlib.AbstractAsyncContextManager[Cluster]],
) -> Iterator[Cluster]:
    """Open it in an event loop of a thread of its own, and close it there when the block ends."""
    ready: Future[Cluster] = Future()
    ending: Future[Callable[[], object]] = Future()

    async def serve() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None

        def end() -> None:
            ended.set()
            if not ready.done():
                task.cancel()

        ending.set_result(lambda: loop.call_soon_threadsafe(end))
        try:
            async with opened() as cluster:
                ready.set_result(cluster)
                await ended.wait()
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="cluster", daemon=True)
    thread.start()
    try:
        yield ready.result()
    finally:
        with contextlib.suppress(RuntimeError):  # the loop has ended by itself
            ending.result()()
        thread.join()
