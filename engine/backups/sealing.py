"""Sealing: a file encrypted under a passphrase, in pieces, so that its size never matters.

AES-256-GCM over pieces of a megabyte, each bound to its place and the last one marked (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): a piece that is altered, missing,
moved or cut off is found before it is used. The key comes from the passphrase by scrypt (RFC 7914).
"""

import os
import pathlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kesu.engine.errors import Rejected, sentence

MAGIC = b"kesu-sealed-1\n"
PIECE = 1 << 20  # bytes of plain text in a piece
TAG = 16  # bytes that GCM adds to each
WRONG = sentence(
    "{name} does not open with this passphrase, or it was altered. Expected the passphrase that the "
    "backup was made with (KESU_BACKUP_PASSPHRASE, or --passphrase-file). Nothing was changed."
)


def seal(plain: pathlib.Path, sealed: pathlib.Path, passphrase: str) -> None:
    """Write the sealed twin of a file. The plain one stays."""
    salt, nonce = os.urandom(16), os.urandom(7)
    cipher = _cipher(passphrase, salt)
    with plain.open("rb") as read, sealed.open("wb") as written:
        written.write(MAGIC + salt + nonce)
        for number, (piece, last) in enumerate(_pieces(read, PIECE)):
            written.write(cipher.encrypt(_place(nonce, number, last), piece, MAGIC))


def unseal(sealed: pathlib.Path, plain: pathlib.Path, passphrase: str) -> None:
    """Write the plain twin of a sealed file.

    Raises `Rejected` where the passphrase is another one or the file is not as it was written.
    """
    with sealed.open("rb") as read:
        if read.read(len(MAGIC)) != MAGIC:
            raise Rejected(WRONG, name=sealed.name)
        cipher, nonce = _cipher(passphrase, read.read(16)), read.read(7)
        with plain.open("wb") as written:
            for number, (piece, last) in enumerate(_pieces(read, PIECE + TAG)):
                try:
                    written.write(cipher.decrypt(_place(nonce, number, last), piece, MAGIC))
                except InvalidTag as error:
                    raise Rejected(WRONG, name=sealed.name) from error


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode()))


def _place(nonce: bytes, number: int, last: bool) -> bytes:
    return nonce + number.to_bytes(4, "big") + bytes([last])


def _pieces(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    piece = file.read(size)
    while True:
        following = file.read(size)
        yield piece, not following
        if not following:
            return
        piece = following
