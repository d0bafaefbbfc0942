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
        click.echo("Hand them over; everybody has to choose one of their own when they first sign in.")


@click.command()
@click.argument("login")
@click.password_option(help="The new password. Better left out: you are then asked for it, and it stands in no history.")
@click.pass_obj
def password(opened: Opened, login: str, password: str) -> None:
    """Give somebody a new password; they are signed out everywhere."""
    with opened().write() as connection:
        person = identity.person(connection, login)
        passwords.check(password, person.names())
        identity.keep_password_hash(connection, login, passwords.hashed(password), given=True)
        sign_ins.end_all(connection, login)
    click.echo(f"{login} has a new password and was signed out everywhere; they have to change it when they sign in.")
