"""The command line: `kesu --help`. Every command reads the database from DATABASE_URL (default: SQLite in ./instance)."""

import contextlib
import json
import os
import pathlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import click

from kesu import rules
from kesu.complaints import answer_links, intakes
from kesu.engine import clock, decision_imports, definitions, history, identity, instances, tokens, trials
from kesu.engine.clock import ManualClock
from kesu.engine.database import Database
from kesu.engine.errors import Failed, Rejected
from kesu.webui import (
    backup_commands,
    backups,
    clock_commands,
    company_commands,
    incident_commands,
    installations,
    logs,
    schedules,
    servers,
    settings,
    tables,  # noqa: F401  every room hangs its tables off the one metadata
)

DEFAULT_URL = "sqlite:///instance/kesu.db"


class Told(click.Group):
    """A group whose commands end with a sentence, not a traceback, when something was rejected or failed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; 1 for what was rejected, 2 for what failed."""
        try:
            return super().invoke(ctx)
        except (Rejected, Failed) as error:
            click.echo(f"kesu: {error}", err=True)
            for problem in getattr(error, "problems", []):
                click.echo(f"  {_line(problem)}", err=True)
            sys.exit(1 if isinstance(error, Rejected) else 2)


@click.group(cls=Told, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Kesu: complaint handling for manufacturers, run by BPMN diagrams that its users redraw.

    The database is the one that DATABASE_URL names (sqlite:///... or postgresql://...).
    """
    if os.environ.get("KESU_CLOCK") == "manual":
        clock.use(ManualClock(datetime.now(UTC)))
    context.obj = _database  # groups of commands in files of their own open it when they need it


for command in (incident_commands.group, company_commands.company, company_commands.password, backup_commands.backup, backup_commands.restore,
                clock_commands.group):
    main.add_command(command)


@main.command()
def migrate() -> None:
    """Bring the database's tables to the newest version."""
    installations.migrate(_url())
    click.echo(f"The tables in {_url(hidden=True)} are up to date.")


@main.command()
@click.option("--demo/--no-demo", default=False, help="Load the demo company, if the database is empty.")
def install(demo: bool) -> None:
    """Migrate, and publish the diagrams, tables and forms that came with Kesu."""
    db = _database()
    made = backups.before_migrating(db)
    installations.migrate(_url())
    if made is not None:
        click.echo(f"The tables have changed. As they were: {made.folder}. To go back, install the version before this")
        click.echo(f"one and run `kesu restore {made.folder} --into ANOTHER-DATABASE`; see UPGRADING.md.")
    for line in installations.publish(db):
        click.echo(line)
    if demo:
        installations.load_demo(db)
    elif not installations.is_staffed(db):
        click.echo("Nobody works here yet. Next: `kesu company FILE`; docs/company.example.yaml shows what to write.")


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1 (see --host).")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--worker/--no-worker", default=True, help="Fire timers and do jobs in this process too.")
@click.option("--threads", default=2, show_default=True, help="More of them are slower: see benchmarks/README.md.")
def serve(port: int, host: str, worker: bool, threads: int) -> None:
    """Serve the pages and the programming interface."""
    servers.serve(_database(), host=host, port=port, worker=worker, threads=threads)


@main.command()
def worker() -> None:
    """Fire due timers and do ready jobs, in a process of its own; any number of them on PostgreSQL."""
    logs.begin()
    answer_links.plug(settings.secret)
    schedules.run_forever(_database())


@main.command()
@click.option("--admin", is_flag=True, help="For the administrator; one is made where there is none.")
@click.option("--for", "login", help="For this person.")
def token(admin: bool, login: str | None) -> None:
    """Print one new bearer token for the programming interface."""
    db = _database()
    if not admin and not login:
        raise click.UsageError("Say for whom: --admin or --for LOGIN.")
    with db.write() as connection:
        login = login or installations.administrator(connection)
        identity.person(connection, login)
        click.echo(tokens.issue(connection, login, at=clock.now(), label="command line"))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option("--json", "as_json", is_flag=True, help="Print the problems as JSON.")
def validate(file: pathlib.Path, as_json: bool) -> None:
    """Say what speaks against publishing a diagram. Ends with 1 where something does."""
    found = definitions.problems(_database(), file.read_bytes())
    errors = [problem for problem in found if problem.severity == "error"]
    if as_json:
        click.echo(json.dumps({"valid": not errors, "problems": [_plain(problem) for problem in found]}, ensure_ascii=False, indent=2))
    else:
        for problem in found:
            click.echo(f"{problem.severity}: {_line(problem)}")
        click.echo(f"{file.name}: {len(errors)} errors, {len(found) - len(errors)} warnings.")
    sys.exit(1 if errors else 0)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option("--comment", default="", help="Why, for those who read the versions later.")
def deploy(files: tuple[pathlib.Path, ...], comment: str) -> None:
    """Publish diagrams (.bpmn), decision tables (.dmn) and forms (.json)."""
    db = _database()
    for line in installations.publish_files(db, list(files), actor="system", comment=comment):
        click.echo(line)


@main.command(name="try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.argument("scenario", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
def try_(file: pathlib.Path, scenario: pathlib.Path) -> None:
    """Play a scenario on a diagram in a database of its own, and say how it went. Ends with 1 where it did not go as told."""
    report = installations.try_out(file, scenario)
    for line in _played(report):
        click.echo(line)
    sys.exit(0 if report.passed else 1)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
@click.option("--decision", required=True, help="Name or id of the decision.")
@click.option("--input", "given", default="{}", help="The inputs as a JSON object.")
def decide(file: pathlib.Path, decision: str, given: str) -> None:
    """Evaluate a decision table and name the rules that fired; files that it imports are looked for in the same folder."""
    try:
        inputs = json.loads(given)
        if not isinstance(inputs, dict):
            raise ValueError("expected an object")
        result = rules.load_decisions(file.read_bytes(), _imports(file)).evaluate(decision, inputs)
    except ValueError as error:
        raise click.UsageError(f"--input has to be a JSON object such as '{{\"amount\": 1200}}': {error}") from error
    except rules.RuleError as error:
        click.echo(f"kesu: {error}", err=True)
        sys.exit(1)
    click.echo(json.dumps({"value": rules.to_json(result.value), "fired": rules.to_json(list(result.fired))}, ensure_ascii=False, indent=2))


@main.group()
def audit() -> None:
    """Check what happened."""


@audit.command()
@click.option("--case", "business_key", help="Only this case.")
def verify(business_key: str | None) -> None:
    """Check the hash chains of all histories, and what came in against its hashes.

    Ends with 1 where one does not hold.
    """
    db, broken, count = _database(), 0, 0
    with db.read() as connection:
        for instance in instances.listed(connection, business_key=business_key):
            verdict = history.verify(connection, instance.id)
            count += 1
            if not verdict.intact:
                broken += 1
                click.echo(f"{instance.business_key or instance.id}: broken at event {verdict.broken_at} of {verdict.length}")
        received, changed = intakes.changed(connection, business_key)
    click.echo(f"{count} histories checked, {broken} broken.")
    for reference in changed:
        click.echo(f"{reference}: what came in was changed after it was received")
    click.echo(f"{received} receipts checked, {len(changed)} changed.")
    sys.exit(1 if broken or changed else 0)


def _played(report: trials.Report) -> Iterator[str]:
    for step in report.steps:
        yield f"{'no' if step.problems else 'ok'}  {step.at}  {step.number}. {step.told}"
        yield from (f"      {problem}" for problem in step.problems)
    taken = f"{len(report.taken & report.flows)} of {len(report.flows)} sequence flows taken"
    went = "came true" if report.passed else "did not come true"
    yield f"{report.scenario}: {went}; the instance is {report.state}, {taken}."


def _imports(file: pathlib.Path) -> list[bytes]:
    beside: dict[str, bytes] = {}
    for path in sorted(file.parent.glob("*.dmn")):
        with contextlib.suppress(rules.RuleError):  # another file that is no DMN is not what was asked about
            beside[decision_imports.namespace(path.read_bytes())] = path.read_bytes()
    return list(decision_imports.imported(file.read_bytes(), beside).values())


def _url(hidden: bool = False) -> str:
    url = os.environ.get("DATABASE_URL") or DEFAULT_URL
    if url.startswith("sqlite:///"):
        pathlib.Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return url.split("@")[-1] if hidden else url


def _database() -> Database:
    installations.plug()
    return Database(_url())


def _line(problem: Any) -> str:
    told = problem if isinstance(problem, dict) else _plain(problem)
    return f"{told.get('element') or '-'} [{told.get('rule')}] {told.get('message')}"


def _plain(problem: Any) -> dict[str, Any]:
    if not hasattr(problem, "rule"):
        return {"element": getattr(problem, "field", None), "rule": "field", "message": getattr(problem, "message", str(problem))}
    values = getattr(problem, "values", None) or {}
    return {"element": getattr(problem, "element", None), "rule": problem.rule, "message": problem.message.format(**values),
            "severity": getattr(problem, "severity", "error")}


