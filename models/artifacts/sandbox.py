"""The first load of a model file, in a process of its own with limits: ``python -m vitrion.models.artifacts.sandbox``.

What our guard does not know of (see `file_contents`, `soundness`) meets a process that may use so much memory and time
and whose end hurts nobody. A file that passed is remembered by its hash, and loaded directly from then on.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from ...datasets.home import private_file, private_folder

MOST_MEMORY = 8 * 2**30  # bytes of addresses
MOST_PROCESSOR_S = 120
MOST_S = 300.0
BAD, OTHER = 3, 4  # exit codes of a file that the guard refuses, and of one that was trained on other descriptors
KNOWN = "known-models"  # folder with an empty file by the hash of each model file that was made here, or passed


def know(digest: str, home: Path) -> None:
    """Remember the hash of a model file that was made here, or that passed."""
    note = _note(digest, home)
    private_folder(note.parent)
    private_file(note)


def stand(path: Path, digest: str, home: Path) -> None:
    """Refuse a model file that was never loaded here and does not stand a first load in a process of its own.

    Parameters
    ----------
    path
        The file.
    digest
        Its expected sha256.
    home
        Folder in which it is remembered which are known.
    """
    from .artifact import LARGEST_FILE, ArtifactError, sha256

    if _note(digest, home).is_file() or not path.is_file() or path.stat().st_size > LARGEST_FILE:
        return
    if sha256(path) != digest:
        return  # what is missing, too large or changed, the guard refuses in its own words
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", "vitrion.models.artifacts.sandbox", str(path), digest],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=MOST_S,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        raise ArtifactError(
            f"{path.name} was not loaded within {MOST_S:g} s by a process of its own; train again"
        ) from None
    if done.returncode == OTHER:
        return  # it is refused before it is asked anything
    if done.returncode == BAD:
        raise ArtifactError(done.stdout.strip() or f"{path.name} is refused")
    if done.returncode:
        raise ArtifactError(
            f"{path.name} ended the process in which it was loaded first (exit code {done.returncode}); train again"
        )
    know(digest, home)


def _note(digest: str, home: Path) -> Path:
    return home / KNOWN / f"{digest}-{version('scikit-learn')}"


def confine(memory: int, processor_s: int | None = None) -> None:
    """Take away from this process more memory than some bytes and more processor time than some seconds, for good."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {resource.RLIMIT_AS: memory, resource.RLIMIT_CORE: 0}
    if processor_s is not None:
        limits[resource.RLIMIT_CPU] = processor_s
    for kind, most in limits.items():
        _, hard = resource.getrlimit(kind)
        told = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):  # a system without this limit: the time limit outside is left
            resource.setrlimit(kind, (told, told))


def main() -> None:
    """Load one file under limits, in an empty folder; say what is wrong with it."""
    from . import artifact

    path, digest = Path(sys.argv[1]).absolute(), sys.argv[2]
    confine(MOST_MEMORY, MOST_PROCESSOR_S)
    with tempfile.TemporaryDirectory() as empty:
        os.chdir(empty)
        try:
            artifact.load(path, digest)
        except artifact.OtherDescriptorsError:
            sys.exit(OTHER)
        except artifact.ArtifactError as error:
            print(error)
            sys.exit(BAD)


if __name__ == "__main__":
    main()
