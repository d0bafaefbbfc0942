"""`kesu company` and `kesu password`: who works here, on the command line."""

import pathlib
from collections.abc import Callable

import click

from kesu.complaints import company_files
from kesu.engine import clock, identity, passwords
from kesu.engine.database import Database
from kesu.webui import sign_ins

Opened = Callable[[], Database]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.pass_obj
def company(opened: Opened, file: pathlib.Path) -> None:
    """Load departments, people, products and working hours from a YAML file.

    docs/company.example.yaml shows what may stand in it. Load it again after a change: what stands in it is brought up to date, everything
    else stays. Who is new gets a first password, printed once.
    """
    with opened().write() as connection:
        text = company_files.decoded(file.read_bytes())
        first = company_files.load(connection, text, at=clock.now())
    click.echo(f"{file.name} is loaded.")
    for login, password in first.items():
        click.echo(f"  {login}  first password {password}")
    if first:
        click.echo("Hand them over; everybody can change theirs on their profile.")


@click.command()
@click.argument("login")
@click.password_option(help="The new password. Better left out: you are then asked for it, and it stands in no history.")
@click.pass_obj
def password(opened: Opened, login: str, password: str) -> None:
    """Give somebody a new password; they are signed out everywhere."""
    if len(password) < passwords.SHORTEST:
        raise click.UsageError(f"Use at least {passwords.SHORTEST} characters.")
    with opened().write() as connection:
        identity.person(connection, login)
        identity.keep_password_hash(connection, login, passwords.hashed(password))
        sign_ins.end_all(connection, login)
    click.echo(f"{login} has a new password and was signed out everywhere.")
