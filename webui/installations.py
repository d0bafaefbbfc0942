"""Bringing an installation up: tables, shipped diagrams, the administrator, the demo company, and the sockets plugged."""

import pathlib
from importlib import resources as files

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select

from kesu.complaints import announcements, starting_data
from kesu.complaints import deadlines as complaint_deadlines
from kesu.engine import clock, deadlines, definitions, identity, notifications, service_tasks, trials
from kesu.engine.database import Database
from kesu.engine.errors import Invalid, sentence
from kesu.engine.service_tasks import Registry
from kesu.handlers import registry
from kesu.webui.demo import company, month

ORDER = (".dmn", ".json", ".bpmn")  # a diagram is refused while a table or form that it names is not there


def plug() -> Registry:
    """Plug the handlers and the case clocks into the engine; returns the registry."""
    plugged = registry.build()
    service_tasks.plug(plugged)
    deadlines.plug(complaint_deadlines.CaseDeadlines())
    notifications.plug(announcements.tell)
    return plugged


def migrate(place: str | Connection, revision: str = "head") -> None:
    """Bring the tables to a revision: of the database at an address, or inside a caller's transaction."""
    config = _alembic()
    config.attributes["url" if isinstance(place, str) else "connection"] = place
    command.upgrade(config, revision)


def revisions() -> list[str]:
    """Return the migrations that this program knows, the oldest first."""
    known = ScriptDirectory.from_config(_alembic()).walk_revisions()
    return [script.revision for script in known][::-1]


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files.files("kesu.migrations")))
    return config


def publish(db: Database) -> list[str]:
    """Publish what came with Kesu where it is not published yet; an owner's later versions stay the newest."""
    plug()
    with db.write() as connection:
        starting_data.install(connection)
        starting_data.staff(connection)
    shipped = pathlib.Path(str(files.files("kesu.processes")))
    with db.read() as connection:
        if definitions.all_latest(connection):
            return []
    found = [path for path in sorted(shipped.rglob("*")) if path.suffix in ORDER]
    return publish_files(db, found, actor=identity.SYSTEM, comment="shipped with Kesu")


def publish_files(db: Database, paths: list[pathlib.Path], *, actor: str, comment: str) -> list[str]:
    """Publish files, tables and forms before diagrams; returns a line for each. Raises `Invalid` at the first that is refused."""
    told = []
    tables = [path.read_bytes() for path in paths if path.suffix == ".dmn"]
    for path in sorted(paths, key=lambda path: (ORDER.index(path.suffix) if path.suffix in ORDER else 99, path.name)):
        content = path.read_bytes()
        if path.suffix == ".bpmn":
            told += [f"{each.key} version {each.version}" for each in definitions.deploy(db, content, actor=actor, comment=comment)]
        elif path.suffix == ".dmn":
            table = definitions.deploy_decisions(db, path.stem, content, actor=actor, comment=comment, beside=tables)
            told.append(f"{path.stem} version {table.version}")
        elif path.suffix == ".json":
            told.append(f"form {definitions.deploy_form(db, content, actor=actor, comment=comment).key}")
        else:
            raise Invalid(sentence("Expected a .bpmn, .dmn or .json file, but got {name}."), name=path.name)
    return told


def administrator(connection: Connection) -> str:
    """Return the login of an administrator; one called admin is made where there is none (without a password: tokens only)."""
    known = identity.members(connection, "admin")
    if known:
        return known[0]
    starting_data.staff(connection)
    identity.add_person(connection, "admin", at=clock.now(), groups=["admin"], name="管理员", name_en="Administrator")
    return "admin"


def is_staffed(db: Database) -> bool:
    """Say whether anybody can sign in."""
    with db.read() as connection:
        return connection.execute(select(identity.people.c.login).where(identity.people.c.password_hash.is_not(None)).limit(1)).first() is not None


def load_demo(db: Database) -> None:
    """Load the demo company into an empty database."""
    month.load(db)


def greeting(db: Database) -> list[str]:
    """Return the demo logins, where the demo company is loaded."""
    try:
        return month.greeting(db)
    except sqlalchemy.exc.OperationalError:
        return ["The database has no tables yet: run `kesu install` first."]


def letterhead(db: Database) -> dict[str, str]:
    """Return the name and hotline of the demo company where it is loaded, as settings; nothing where it is not."""
    try:
        return dict(company.LETTERHEAD) if month.is_loaded(db) else {}
    except sqlalchemy.exc.OperationalError:
        return {}


def try_out(file: pathlib.Path, scenario: pathlib.Path) -> trials.Report:
    """Play a scenario on a diagram with everything that came with Kesu around it."""
    plug()
    return trials.run_files(file, scenario)
