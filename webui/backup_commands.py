"""`kesu backup` and `kesu restore`: a backup made while people work, and the way back."""

import os
import pathlib
from collections.abc import Callable

import click
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from kesu.engine import backups as engine_backups
from kesu.engine.backups import restoring
from kesu.engine.database import Database
from kesu.engine.errors import Rejected, sentence
from kesu.webui import backups, installations

PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path),
    help="Read the passphrase from here instead of KESU_BACKUP_PASSPHRASE.",
)


class Meter:
    """How far it is, on standard error: a line a tenth, or one that rewrites itself at a terminal."""

    def __init__(self) -> None:
        self.told = ("", -1)

    def __call__(self, what: str, done: int, all_: int) -> None:
        """Say a tenth when it is reached."""
        step = min(100, 100 * done // all_ if all_ else 100) // 10
        if (what, step) != self.told:
            self.told = (what, step)
            click.echo(f"{what}: {step * 10}%", err=True)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=pathlib.Path))
@PASSPHRASE
@click.pass_obj
def backup(
    open_database: Callable[[], Database],
    folder: pathlib.Path,
    passphrase_file: pathlib.Path | None,
) -> None:
    """Back everything up into a new folder below DIR, while people work.

    Diagrams, cases, attachments and histories are in it; the key that signs links lies apart, in
    DIR/keys. Where a passphrase is set, both are encrypted.
    """
    _take(passphrase_file)
    db = open_database()
    try:
        made = backups.make(db, folder, Meter())
    finally:
        db.dispose()
    manifest = made.manifest
    click.echo(
        f"{made.folder}: {sum(manifest.counts.values())} rows in {len(manifest.counts)} tables, "
        f"{manifest.file.bytes} bytes, read back and found as written."
    )
    if not manifest.sealed:
        click.echo("It is not encrypted; set KESU_BACKUP_PASSPHRASE to have it so.", err=True)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=pathlib.Path))
@click.option("--into", "url", required=True, help="The address of an empty database.")
@PASSPHRASE
def restore(folder: pathlib.Path, url: str, passphrase_file: pathlib.Path | None) -> None:
    """Restore the backup in DIR, or the newest one below it, into an empty database.

    A backup of SQLite goes into PostgreSQL too, and the other way round.
    """
    _take(passphrase_file)
    made = restoring.find(folder)
    engine_backups.restore(
        made,
        _address(url),
        migrate=installations.migrate,
        revisions=installations.revisions(),
        passphrase=backups.passphrase(),
        progress=Meter(),
    )
    click.echo(
        f"{made.folder.name} of {made.manifest.made_at} is restored: "
        f"{sum(made.manifest.counts.values())} rows, as backed up."
    )
    for line in backups.put_back_key(made):
        click.echo(line)
    click.echo(f"Next: DATABASE_URL={_shown(url)} kesu audit verify, then serve it.")


def _shown(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _take(passphrase_file: pathlib.Path | None) -> None:
    if passphrase_file is not None:
        os.environ["KESU_BACKUP_PASSPHRASE"] = passphrase_file.read_text("utf-8").strip()


def _address(url: str) -> str:
    try:
        known = make_url(url).drivername in ("sqlite", "postgresql", "postgres")
    except ArgumentError:
        known = False
    if not known:
        raise Rejected(
            sentence(
                "{given} is no address of a database: expected sqlite:///path/kesu.db or "
                "postgresql://user@host/name. Nothing was changed."
            ),
            given=url,
        )
    return url

