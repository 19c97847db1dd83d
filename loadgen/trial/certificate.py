"""A certificate for services that serve TLS, made once for as long as this program runs."""

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from loadgen.errors import Error
from loadgen.system.environment import tool_environment

DAYS = 30


class Certificate(NamedTuple):
    """Files in PEM."""

    certificate: Path
    key: Path


@functools.cache
def made_certificate() -> Certificate:
    """Return a certificate for 127.0.0.1 that signs itself, with an ECDSA key on P-256; raise Error without openssl."""
    folder = Path(tempfile.mkdtemp(prefix="primebench-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # a service may run as another user
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", str(DAYS), "-subj", "/CN=primebench", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    command += ["-keyout", str(made.key), "-out", str(made.certificate)]
    try:
        done = subprocess.run(
            command, env=tool_environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
    except OSError as error:
        raise Error(f"openssl, which makes a certificate: {error.strerror}; install: apt-get install openssl") from error
    if done.returncode != 0:
        raise Error(f"openssl could not make a certificate: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    made.key.chmod(0o644)
    return made
