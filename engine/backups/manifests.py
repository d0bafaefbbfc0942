"""The manifest of a backup: what is in it, when and by which tables, with the hash of each file.

It is written last: a folder without a manifest is no backup.
"""

import hashlib
import json
import pathlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from kesu.engine.errors import NotFound, Rejected, sentence

FORMAT = 1
NAME = "manifest.json"
ALTERED = sentence(
    "{name} of the backup {backup} is not as it was written: expected {bytes} bytes with the SHA-256 "
    "{expected}, found {found}. Take another backup. Nothing was changed."
)


@dataclass(frozen=True)
class Kept:
    """One file of a backup as it lies there, sealed where it is sealed."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A backup: `kind` is `sqlite` or `postgresql`, `counts` the rows of each table.

    `dumped_by` is the major version of the pg_dump that wrote it, 0 for SQLite.
   """

    format: int
    made_at: str
    kind: str
    dumped_by: int
    revision: str
    sealed: bool
    file: Kept
    counts: dict[str, int]
    key_sha256: str | None

    @property
    def at(self) -> datetime:
        """Return the moment that the backup shows."""
        return datetime.fromisoformat(self.made_at)


def write(folder: pathlib.Path, manifest: Manifest) -> None:
    """Put the manifest beside what it tells of."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2, sort_keys=True)
    (folder / NAME).write_text(text + "\n", "utf-8")


def read(folder: pathlib.Path) -> Manifest:
    """Return what a backup says of itself. Raises `NotFound`, or `Rejected` where it cannot be read."""
    try:
        told = json.loads((folder / NAME).read_text("utf-8"))
        form = int(told["format"])
        if form <= FORMAT:
            return Manifest(**{**told, "file": Kept(**told["file"])})
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(
            sentence(
                "{folder} is no backup: expected a folder with a {name}, as `kesu backup` makes."
            ),
            folder=str(folder),
            name=NAME,
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected(
            sentence(
                "{name} of the backup {backup} cannot be read, so it is cut off or altered. "
                "Take another backup. Nothing was changed."
            ),
            name=NAME,
            backup=folder.name,
        ) from error
    raise Rejected(
        sentence(
            "The backup {backup} was made by a newer Kesu (format {format}; this one reads "
            "{known}). Restore it with that version or a newer one. Nothing was changed."
        ),
        backup=folder.name,
        format=form,
        known=FORMAT,
    )


def check(
    folder: pathlib.Path, manifest: Manifest, progress: Callable[[int, int], None] = lambda *_: None
) -> None:
    """Read the backup's file and compare it with the manifest. Raises `Rejected`."""
    path = folder / manifest.file.name
    found = kept(path, progress) if path.is_file() else Kept(manifest.file.name, 0, "nothing")
    if found != manifest.file:
        raise Rejected(
            ALTERED,
            name=found.name,
            backup=folder.name,
            bytes=manifest.file.bytes,
            expected=manifest.file.sha256[:12],
            found=f"{found.bytes} / {found.sha256[:12]}",
        )


def kept(path: pathlib.Path, progress: Callable[[int, int], None] = lambda *_: None) -> Kept:
    """Return a file's name, size and hash, read from the disk. `progress` hears bytes done and all."""
    digest, size, done = hashlib.sha256(), path.stat().st_size, 0
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            digest.update(piece)
            done += len(piece)
            progress(done, size)
    return Kept(path.name, done, digest.hexdigest())
