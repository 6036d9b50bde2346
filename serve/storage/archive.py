"""The file or folder of a backup: written for its owner alone, and read name by name as its manifest says.

Only whole files that the manifest names come out of one. Links, devices, names that leave the folder or stand there
twice, and files that the manifest does not name are refused before anything is put in place.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tarfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

from ...datasets.exchange.structured import of_json
from ...datasets.home import FILE_MODE, FOLDER_MODE, new_file, private_file, private_folder
from ..errors.refusals import InputError, WorkError, visible

MANIFEST = "manifest.json"
FORMAT = 1
MOST_MANIFEST = 256 * 2**20  # bytes
SHOWN = 5  # names in a message
CHUNK = 2**20
Parts = Mapping[str, Callable[[], IO[bytes]]]


def packed(copy: Path, names: Sequence[str], target: Path) -> None:
    """Write files of a folder as a tar file, or as a folder, whole or not at all."""
    part = target.with_name(f".{target.name}.part")
    if target.suffix != ".tar":
        _packed_folder(copy, names, target, part)
        return
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), FILE_MODE)
    try:
        with _at(part), os.fdopen(handle, "w+b") as stream:
            # a file of several names is written under each: a backup has no links
            with tarfile.open(fileobj=stream, mode="w", dereference=True) as archive:
                for name in names:
                    archive.add(copy / name, name, recursive=False)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _packed_folder(copy: Path, names: Sequence[str], target: Path, part: Path) -> None:
    import shutil

    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(FOLDER_MODE)
    try:
        for name in names:
            with (copy / name).open("rb") as stream:
                _written(stream, part / name)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def unpacked(source: Path, copy: Path) -> dict[str, Any]:
    """Write the files of a backup into a new folder, and return its manifest.

    Raises `InputError` for what is no backup or holds what none does, `WorkError` for one that is damaged.
    """
    with _parts(source) as parts:
        told = _manifest(parts)
        listed: dict[str, str] = told["files"]
        _refuse(source, wrong_names(listed))
        if twice := _folded(listed) if _is_folding(copy.parent) else []:
            shown = ", ".join(visible(one, 100) for one in twice[:SHOWN])
            raise InputError(
                f"{source} holds {shown}, which the file system of {copy.parent.parent} cannot tell apart; name a home "
                f"folder on another one with VITRION_HOME, or rename one of each before the backup"
            )
        if missing := sorted(set(listed) - set(parts) - {MANIFEST}):
            raise _damaged(*missing)
        if added := sorted(set(parts) - set(listed) - {MANIFEST}):
            raise _added(*added)
        private_folder(copy)
        for name, digest in listed.items():
            try:
                with parts[name]() as stream:
                    found = _written(stream, copy / name)
            except (tarfile.TarError, FileExistsError, NotADirectoryError, IsADirectoryError, EOFError):
                found = ""
            if found != digest:
                raise _damaged(name)
    return told


def _added(*names: str) -> WorkError:
    told = ", ".join(visible(name, 100) for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    why = f"its manifest does not name {told}{more}"
    return WorkError(f"the backup is not as it was written: {why}; take another backup")


def _damaged(*names: str) -> WorkError:
    told = ", ".join(visible(name, 100) for name in names[:SHOWN])
    are = "is" if len(names) == 1 else "are"
    return WorkError(f"the backup is damaged: {told} {are} not as it was written; take another backup")


@contextmanager
def _parts(source: Path) -> Iterator[Parts]:
    """The files of a backup by name; refuses whatever else there is."""
    if source.is_dir():
        yield _of_folder(source)
        return
    try:
        archive = tarfile.open(source, "r:")  # noqa: SIM115 - closed below
        members = archive.getmembers()
    except (tarfile.TarError, OSError, ValueError) as error:
        raise InputError(f"{source} cannot be read as a backup ({error})") from None
    with archive:
        files, wrong = [], []
        for member in members:
            name = member.name.removeprefix("./")
            if member.isdir() and not member.issparse() and (name == "." or not _wrong_name(name)):
                continue  # a packed folder; those of the files are made
            why = _wrong_name(name) or _kind(member)
            if why:
                wrong.append(f"{name} ({why})")
            files.append((name, member))
        wrong += [f"{name} (twice)" for name, count in Counter(name for name, _ in files).items() if count > 1]
        _refuse(source, wrong)
        yield {name: _opener(archive, member) for name, member in files}


def _kind(member: tarfile.TarInfo) -> str:
    """What an entry is that is no whole file; empty for one."""
    if member.issym() or member.islnk():
        return f"a link to {visible(member.linkname)}"
    return "" if member.isreg() and not member.issparse() else "no file"


def _opener(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        stream = archive.extractfile(member)
        if stream is None:
            raise tarfile.ReadError(member.name)
        return stream

    return opened


def _of_folder(source: Path) -> Parts:
    files: dict[str, Callable[[], IO[bytes]]] = {}
    wrong = []
    for here, folders, names in os.walk(source):
        for one in sorted([*folders, *names]):
            path = Path(here) / one
            name, mode = path.relative_to(source).as_posix(), path.lstat().st_mode
            if stat.S_ISREG(mode):
                files[name] = lambda path=path: path.open("rb")  # type: ignore[misc]
            elif not stat.S_ISDIR(mode):
                wrong.append(f"{name} ({f'a link to {path.readlink()}' if path.is_symlink() else 'no file'})")
    _refuse(source, wrong)
    return files


def _manifest(parts: Parts) -> dict[str, Any]:
    """The manifest of a backup, of our format."""
    try:
        with parts[MANIFEST]() as stream:
            content = stream.read(MOST_MANIFEST + 1)
        told = of_json(content if len(content) <= MOST_MANIFEST else b"")
        listed = {str(name): str(digest) for name, digest in told["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, tarfile.TarError):
        raise InputError("this is no backup of Vitrion, or a damaged one: its manifest cannot be read") from None
    if told.get("format") != FORMAT:
        raise InputError(f"the backup has format {told.get('format')!r}, this version reads {FORMAT}; update vitrion")
    return {**told, "files": listed}


def wrong_names(names: Iterable[str]) -> list[str]:
    """Names that cannot be those of files below a folder, each with the reason."""
    return [f"{name} ({why})" for name in names if (why := _wrong_name(name))]


def _wrong_name(name: str) -> str:
    """Why a name cannot be that of a file below a folder; empty where it can."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or (os.name == "nt" and PureWindowsPath(name).anchor):
        return "outside"
    if not path.parts or path.as_posix() != name or "\0" in name:
        return "no plain name"
    return ""


def _folded(names: Iterable[str]) -> list[str]:
    """Names that a file system without cases would take for one."""
    seen: dict[str, str] = {}
    twice = []
    for name in names:
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            twice.append(f"{name} (beside {seen[key]})")
        seen.setdefault(key, name)
    return twice


def _is_folding(folder: Path) -> bool:
    """Whether the file system of a folder takes names that differ in case, or in how an accent is written, for one."""
    probe = private_file(folder / "Probe-\u00e9")
    try:
        return any((folder / name).exists() for name in ("probe-\u00e9", "Probe-e\u0301"))
    finally:
        probe.unlink()


def _refuse(source: Path, wrong: Sequence[str]) -> None:
    if wrong:
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        told = ", ".join(visible(one, 100) for one in wrong[:SHOWN])
        raise InputError(f"{source} cannot be read as a backup: it holds {told}{more}, which no backup has")


def _written(stream: IO[bytes], place: Path) -> str:
    """Write a new file, and return the sha256 of what was written."""
    private_folder(place.parent)
    digest = hashlib.sha256()
    handle = new_file(place)
    with _at(place), os.fdopen(handle, "wb") as out:
        while content := stream.read(CHUNK):
            digest.update(content)
            out.write(content)
    return digest.hexdigest()


@contextmanager
def _at(place: Path) -> Iterator[None]:
    """Name the file in an error of the system that names none, such as that of a full disk."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(place)
        raise
