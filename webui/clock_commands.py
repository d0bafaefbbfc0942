"""`kesu clock`: whether the machine's clock is believed, and the word that it is right."""

from collections.abc import Callable

import click

from kesu.engine import clock, clock_watch, identity
from kesu.engine.database import Database
from kesu.webui import installations

Opened = Callable[[], Database]


@click.group("clock")
def group() -> None:
    """See whether the machine's clock is believed, and say that it is right."""


@group.command()
@click.pass_obj
def show(opened: Opened) -> None:
    """Say what time it is here, and which machines' clocks are not believed. Ends with 1 where one is not."""
    with opened().read() as connection:
        off = clock_watch.held(connection)
    click.echo(f"It is {clock.now():%Y-%m-%d %H:%M:%S} UTC by this machine.")
    for each in off:
        click.echo(f"{each.host}: off by {each.jump}; what is due waits there. Set it right, or run `kesu clock accept`.")
    raise SystemExit(1 if off else 0)


@group.command()
@click.option("--by", "login", help="Who says so, for the record. Default: an administrator.")
@click.pass_obj
def accept(opened: Opened, login: str | None) -> None:
    """Say that the time is right: what is due goes out again, within seconds."""
    db = opened()
    with db.write() as connection:
        by = login or installations.administrator(connection)
        identity.person(connection, by)
    count = clock_watch.accept(db, by=by)
    click.echo("The time is taken as right." if count else "No clock is held: nothing was to be said.")
