"""Predictors as guarded files, as they are sent to other machines."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...models.artifacts import artifact
from ...models.predictor import Predictor
from ..ranking.scoring import Predictors
from ..registry.versions import BUNDLE, folder, read_card


@dataclass(frozen=True)
class ModelFile:
    """Bytes of a model file, and the sha256 that they must have."""

    content: bytes
    sha256: str

    def open(self) -> Predictor:
        """The predictor, read through the guard."""
        return artifact.loads(self.content, self.sha256)


def files_of(predictors: Predictors, versions: Mapping[str, int]) -> dict[str, ModelFile]:
    """Files of predictors: the one in the registry for a version told, a fresh one for any other predictor."""
    found = {}
    with tempfile.TemporaryDirectory() as room:
        for name, predictor in predictors.items():
            if name in versions:
                card = read_card(name, versions[name])
                found[name] = ModelFile((folder(name, card.version) / BUNDLE).read_bytes(), card.sha256)
            else:
                path = Path(room) / BUNDLE
                digest = artifact.save(predictor, path)
                found[name] = ModelFile(path.read_bytes(), digest)
    return found
