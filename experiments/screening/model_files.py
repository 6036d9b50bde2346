"""Predictors as guarded files, as they are sent to other machines."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...models.artifacts import artifact
from ...models.fitting.glass_former import GlassFormer
from ...models.predictor import Predictor
from ..ranking.ready import Informed
from ..registry.versions import BUNDLE, folder, read_card


@dataclass(frozen=True)
class ModelFile:
    """Bytes of a model file, and the sha256 that they must have."""

    content: bytes
    sha256: str

    def open(self) -> Predictor | GlassFormer:
        """The predictor, read through the guard."""
        return artifact.opened_bytes(self.content, self.sha256)


def opened(files: Mapping[str, ModelFile]) -> Informed:
    """Predictors from their files, that of glass formation among them."""
    every = {name: file.open() for name, file in files.items()}
    former = next((one for one in every.values() if isinstance(one, GlassFormer)), None)
    return Informed({name: one for name, one in every.items() if isinstance(one, Predictor)}, former=former)


def files_of(predictors: Mapping[str, Predictor | GlassFormer], versions: Mapping[str, int]) -> dict[str, ModelFile]:
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
