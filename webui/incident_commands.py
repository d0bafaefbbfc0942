"""`kesu incidents`: where cases stand still, on the command line. The same commands as the page and the programming interface."""

import json
from collections.abc import Callable
from typing import Any

import click

from kesu.engine import identity, incidents, runtime
from kesu.engine.database import Database
from kesu.engine.errors import Rejected
from kesu.engine.incidents import Incident
from kesu.webui import installations

Opened = Callable[[], Database]

IDS = click.argument("ids", nargs=-1, required=True, type=int)
BY = click.option("--by", "login", help="Who does it, for the history. Default: an administrator.")
SET = click.option("--set", "given", multiple=True, metavar="NAME=JSON",
                   help='Change a variable first, such as --set amount=120 or --set name=\'"Li"\'.')


@click.group("incidents")
def group() -> None:
    """See where cases stand still, and let them go on.

    `kesu incidents list` shows what is open; `retry` and `skip` take the numbers it shows, one or many.
    """


@group.command("list")
@click.option("--kind", help="Only this kind, such as job_failed.")
@click.option("--process", "key", help="Only cases of this process.")
@click.option("--element", help="Only this element of the diagram.")
@click.option("--all", "settled", is_flag=True, help="Settled ones too.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_obj
def list_(opened: Opened, kind: str | None, key: str | None, element: str | None, settled: bool, as_json: bool) -> None:
    """List the open incidents, the latest first."""
    with opened().read() as connection:
        found = incidents.listed(connection, kind=kind, definition_key=key, element_id=element, only_open=not settled, limit=1000)
    if as_json:
        click.echo(json.dumps([_plain(each) for each in found], ensure_ascii=False, indent=2))
        return
    for each in found:
        click.echo(_line(each))
    click.echo(f"{len(found)} incidents." if found else "Nothing stands still.")


@group.command()
@IDS
@SET
@BY
@click.pass_obj
def retry(opened: Opened, ids: tuple[int, ...], given: tuple[str, ...], login: str | None) -> None:
    """Try the stuck work again. Ends with 1 where one could not be retried.

    A worker does what is not done at once; what fails again comes back as a new incident.
    """
    _settle(opened(), ids, login, "retried", variables=dict(_pair(each) for each in given))


@group.command()
@IDS
@click.option("--reason", required=True, help="Why, for the history of the case.")
@SET
@BY
@click.pass_obj
def skip(opened: Opened, ids: tuple[int, ...], reason: str, given: tuple[str, ...], login: str | None) -> None:
    """Go on as if the stuck work had been done. Ends with 1 where one could not be skipped."""
    _settle(opened(), ids, login, "skipped", skipping=reason, variables=dict(_pair(each) for each in given))


def _settle(db: Database, ids: tuple[int, ...], login: str | None, word: str, **how: Any) -> None:
    with db.write() as connection:
        login = login or installations.administrator(connection)
        identity.person(connection, login)
    told: dict[int, Rejected | None] = runtime.many(db, ids, actor=login, **how)
    for number, refusal in told.items():
        click.echo(f"{number}: {refusal or word}", err=refusal is not None)
    refused = sum(refusal is not None for refusal in told.values())
    click.echo(f"{len(told) - refused} {word}, {refused} not.")
    if refused:
        raise SystemExit(1)


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    try:
        if name and equals:
            return name, json.loads(value)
    except ValueError:
        pass
    raise click.UsageError(f"--set has to be NAME=JSON, such as amount=120 or name='\"Li\"', but got {text!r}.")


def _line(incident: Incident) -> str:
    case = incident.business_key or (f"instance {incident.instance_id}" if incident.instance_id else "no case")
    settled = f"  [{incident.resolution} by {incident.resolved_by}]" if incident.resolved_at else ""
    said = incident.message.splitlines()[0][:120]
    return f"{incident.id:>6}  {incident.opened_at:%Y-%m-%d %H:%M}  {case}  {incident.element_id or '-'}  {incident.kind}: {said}{settled}"


def _plain(incident: Incident) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in incident.__dict__.items()}
