"""hosts.toml: other machines, what each is for, and how it is reached."""

import ipaddress
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from loadgen.config.build import Name
from loadgen.counted import counted
from loadgen.strict import Strict, read_toml

Role = Literal["server", "generator", "machine"]


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("expected an IP address: a name may mean another interface on each host") from None


Address = Annotated[str, AfterValidator(_ip_address)]


class Host(Strict):
    """A machine that is reached by ssh."""

    role: Role
    """`server` runs the service, `generator` a load generator; `machine` whole rounds, both by itself."""
    address: Address
    """Its IP address in the data network, which ssh and the load use."""
    user: str = ""
    """The ssh user; without it the name of the user here."""
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    """Where its ssh server listens."""
    cores: Annotated[int, Field(ge=1)] | None = None
    """How many CPUs it has to offer, hyperthreads counted; without it any number is right."""
    key: str = ""
    """File of the private key, from this file's folder; `~` is the home folder. Without it the keys of the ssh agent, and those
    in `~/.ssh`."""
    known_hosts: str = "~/.ssh/known_hosts"
    """File with the host's public key, from this file's folder. A host that is not in it is not talked to."""


class HostsFile(Strict):
    """The contents of hosts.toml."""

    schema_version: Literal[1] = Field(alias="schema")
    """The version of what this file can say."""
    hosts: Annotated[dict[Name, Host], Field(min_length=1)]
    """The machines, by the names that messages and tables have."""

    @model_validator(mode="after")
    def _roles_fit_together(self) -> "HostsFile":
        roles = Counter(host.role for host in self.hosts.values())
        if roles["server"] > 1:
            raise ValueError(f"hosts: expected one host with the role server, not {roles['server']}")
        if bool(roles["server"]) != bool(roles["generator"]):
            raise ValueError("hosts: expected a server and at least one generator, or neither")
        return self

    @model_validator(mode="after")
    def _a_host_is_there_once(self) -> "HostsFile":
        for address, count in Counter(host.address for host in self.hosts.values()).items():
            if count > 1:
                raise ValueError(f"hosts: expected an address for each host; {address} is there {counted(count, 'time')}")
        return self


def read_hosts(path: Path) -> dict[str, Host]:
    """Return the hosts by name, with absolute paths; raise Error if the file cannot be read or is wrong."""
    return {name: _with_paths(host, path.parent) for name, host in read_toml(path, HostsFile).hosts.items()}


def _with_paths(host: Host, folder: Path) -> Host:
    def absolute(name: str) -> str:
        return str(folder.absolute() / _expanded(name)) if name else ""

    return host.replace(key=absolute(host.key), known_hosts=absolute(host.known_hosts))


def _expanded(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:  # a user that is not there, or without a home
        return Path(name)
