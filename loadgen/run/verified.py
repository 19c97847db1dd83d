"""What verifying a service has found, kept beside its build: the same build, task and suite need not be verified again."""

import functools
import hashlib
import json
from pathlib import Path

from pydantic import ValidationError

from loadgen.build.build import Built
from loadgen.config.service import Contender
from loadgen.conformance.score import Score
from loadgen.record.lengths import BodyLengths
from loadgen.strict import Strict
from loadgen.trial.server import inherited_environment

PACKAGE = Path(__file__).resolve().parents[1]
JUDGING = ("conformance", "task", "trial/smoke_check.py", "trial/body_lengths.py")
"""Sources that decide what passes: another version of them verifies again."""


class Verified(Strict):
    """Of a service that may be measured: the score of each level, why cases fail, by id, what came in those of the level http,
    and by kind the lengths of bodies.
    """

    scores: dict[str, Score]
    deviations: dict[str, str]
    evidence: dict[str, str] = {}
    lengths: dict[str, BodyLengths] = {}


def read_verified(contender: Contender, built: Built) -> Verified | None:
    """Return what was found of the same build before; None if it has not been verified, or by other rules."""
    try:
        return Verified.model_validate_json(_path(contender, built).read_bytes())
    except (OSError, ValidationError):
        return None


def keep_verified(contender: Contender, built: Built, found: Verified) -> None:
    """Keep it; where the cache cannot be written to, it is found again the next time."""
    path = _path(contender, built)
    draft = path.with_suffix(".new")
    try:
        draft.write_text(found.model_dump_json(indent=2) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError:
        return


def _path(contender: Contender, built: Built) -> Path:
    home = built.artefact
    for _ in Path(contender.service.file.build.artefact).parts:
        home = home.parent
    rest = contender.service.file.model_dump(include={"start", "tier", "variants"})
    listed = [contender.service.serving("").known_deviations, contender.service.known_deviations]
    what = [built.record.key, contender.variant_name, rest, *listed, contender.task.digest]
    what += [inherited_environment(contender), _suite_digest()]
    digest = hashlib.sha256(json.dumps(what, sort_keys=True).encode("utf-8", "surrogateescape")).hexdigest()
    return home / f"verified-{digest[:16]}.json"


@functools.cache
def _suite_digest() -> str:
    digest = hashlib.sha256()
    for name in JUDGING:
        source = PACKAGE / name
        for path in sorted(source.rglob("*.py")) if source.is_dir() else [source]:
            digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
