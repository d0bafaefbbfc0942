"""Attachments: photos, videos, recordings and PDFs, kept under what their content is.

Contents stand in the database, one row each under their SHA-256: they are written, backed up and restored together with the case.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import filetype
from sqlalchemy import Column, Connection, ForeignKey, Integer, LargeBinary, Row, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from kesu.complaints.problems import FieldProblem, refuse_if_any
from kesu.engine.database import Instant, metadata
from kesu.engine.errors import NotFound, sentence

MEGABYTE = 1024 * 1024
LARGEST = 25 * MEGABYTE
LARGEST_TOGETHER = 60 * MEGABYTE
MOST = 10
EXTENSIONS = {  # the first is the one that a file gets whose own is another
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/apng": ("png", "apng"),
    "image/bmp": ("bmp", "dib"),
    "image/tiff": ("tif", "tiff"),
    "image/avif": ("avif",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "image/heic": ("heic", "heif"),
    "video/mp4": ("mp4", "m4v"),
    "video/x-m4v": ("m4v", "mp4"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "video/3gpp": ("3gp", "3gpp", "3g2"),
    "video/x-matroska": ("mkv",),
    "video/x-msvideo": ("avi",),
    "video/x-ms-wmv": ("wmv",),
    "video/mpeg": ("mpg", "mpeg"),
    "audio/amr": ("amr",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/x-wav": ("wav",),
    "audio/aac": ("aac",),
    "application/pdf": ("pdf",),
}

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String, ForeignKey("cases.reference"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("content_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False, index=True),
    Column("added_at", Instant, nullable=False),
    Column("added_by", String, nullable=False),
)


@dataclass(frozen=True)
class Upload:
    """A file as it came in: the name the sender gave it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Examined:
    """A file that holds: its clean name, its real type, its hash."""

    name: str
    content_type: str
    sha256: str
    content: bytes


def examine(uploads: Sequence[Upload]) -> tuple[list[Examined], list[FieldProblem]]:
    """Look into files; return those that hold, and a sentence for everything that does not."""
    files, problems = [], _too_many(uploads)
    for upload in uploads:
        problem = _problem(upload)
        if problem:
            problems.append(problem)
        else:
            kind, digest = str(_sniff(upload)), hashlib.sha256(upload.content).hexdigest()
            name = _fitting(clean_name(upload.name), kind)
            files.append(Examined(name, kind, digest, upload.content))
    return files, problems


def add(connection: Connection, reference: str, files: Sequence[Examined], *, at: datetime, actor: str) -> list[int]:
    """Attach examined files to a case; return their ids. Raises `Invalid` where the case would have too many."""
    together = [row.size for row in of_case(connection, reference)] + [len(file.content) for file in files]
    refuse_if_any(_too_much(len(together), sum(together)), sentence("Nothing was attached: {problems_told}"))
    ids = []
    for file in files:
        _keep_content(connection, file)
        row = {"name": file.name, "content_type": file.content_type, "size": len(file.content), "sha256": file.sha256}
        written = attachments.insert().values(reference=reference, added_at=at, added_by=actor, **row).returning(attachments.c.id)
        ids.append(int(connection.execute(written).scalar_one()))
    return ids


def accept(uploads: Sequence[Upload]) -> list[Examined]:
    """Return the files if all of them hold. Raises `Invalid` with a sentence for each that does not."""
    files, problems = examine(uploads)
    refuse_if_any(problems, sentence("Nothing was attached: {problems_told}"))
    return files


def of_case(connection: Connection, reference: str) -> list[Row[Any]]:
    """Return the attachments of a case, oldest first, without their contents."""
    return list(connection.execute(select(attachments).where(attachments.c.reference == reference).order_by(attachments.c.id)))


def read(connection: Connection, reference: str, attachment_id: int) -> tuple[Row[Any], bytes]:
    """Return an attachment of a case with its content. Raises `NotFound` for another case's too."""
    query = select(attachments).where(attachments.c.id == attachment_id, attachments.c.reference == reference)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(sentence("Case {reference} has no such attachment."), reference=reference)
    return row, bytes(connection.execute(select(blobs.c.content).where(blobs.c.sha256 == row.sha256)).scalar_one())


def keep_content(connection: Connection, content: bytes) -> str:
    """Keep the bytes of a file that belongs to no case yet; return the hash that it is read by."""
    digest = hashlib.sha256(content).hexdigest()
    _keep_content(connection, Examined("", "", digest, content))
    return digest


def kept_content(connection: Connection, sha256: str) -> bytes:
    """Return bytes kept before. Raises `NotFound`."""
    content = connection.execute(select(blobs.c.content).where(blobs.c.sha256 == sha256)).scalar()
    if content is None:
        raise NotFound(sentence("The file is not there any more. Choose it and send it again."))
    return bytes(content)


def clean_name(name: str) -> str:
    """Return a file name without folders and control characters, at most 120 characters long."""
    base = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\"<>|:*?]", "", re.split(r"[\\/]", name)[-1]).strip(" .")
    stem, dot, extension = base.rpartition(".")
    return f"{stem[:100]}{dot}{extension[:19]}" if stem else base[:120] or "attachment"


def _too_many(uploads: Sequence[Upload]) -> list[FieldProblem]:
    return _too_much(len(uploads), sum(len(upload.content) for upload in uploads))


def _too_much(count: int, size: int) -> list[FieldProblem]:
    if count > MOST:
        return [FieldProblem("attachments", sentence("Expected at most {most} files, got {count}."), {"most": MOST, "count": count})]
    if size > LARGEST_TOGETHER:
        told = {"most": LARGEST_TOGETHER // MEGABYTE}
        return [FieldProblem("attachments", sentence("Expected at most {most} MB in all files together."), told)]
    return []


def _problem(upload: Upload) -> FieldProblem | None:
    told: dict[str, Any] = {"name": clean_name(upload.name)}
    if not upload.content:
        return FieldProblem("attachments", sentence("{name} is empty."), told)
    if len(upload.content) > LARGEST:
        return FieldProblem("attachments", sentence("{name} is larger than {most} MB."), told | {"most": LARGEST // MEGABYTE})
    kind = _sniff(upload)
    if kind not in EXTENSIONS:
        return FieldProblem(
            "attachments",
            sentence("{name} is neither a photo, a video, a sound recording nor a PDF."),
            told,
        )
    return None


def _sniff(upload: Upload) -> str | None:
    head = upload.content[:8192]
    kind = filetype.guess(head)
    if kind is not None:
        return str(kind.mime)
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return "application/pdf"
    return "video/mp4" if head[4:8] == b"ftyp" else None  # cameras have brands of their own


def _fitting(name: str, kind: str) -> str:
    """Return a name with the ending of what the file is; what is no ending of a file stays."""
    stem, dot, ending = name.rpartition(".")
    endings = EXTENSIONS[kind]
    if dot and ending.lower() in endings:
        return name
    other = dot and re.fullmatch(r"[a-z][a-z0-9]{1,4}|3gp|3g2|7z", ending.lower())
    bare = stem if other else name
    fits = bare.lower().endswith(tuple(f".{each}" for each in endings))
    return bare if fits else f"{bare}.{endings[0]}"


def _keep_content(connection: Connection, file: Examined) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(blobs).values(sha256=file.sha256, content=file.content).on_conflict_do_nothing())
