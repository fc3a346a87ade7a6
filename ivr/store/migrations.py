"""Migrate a database to the form that this program needs.

Several processes may start at once: one migrates, the others wait for it. A migration is one
transaction, on PostgreSQL and on SQLite.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.store.database import Database, file_of, first_line, make_engine, read_url

if TYPE_CHECKING:
    import psycopg
    from alembic.config import Config

HEAD = "0020"
"""The newest migration in ``db/versions``. Ids are four digits and grow."""
FOLDER = Path(__file__).resolve().parents[2] / "db"
_LOCK = 0x4956_5230
"""PostgreSQL advisory lock of migrations: "IVR0" in ASCII."""
_PATIENCE = 120
"""Limit in seconds for a migration."""


@dataclass(frozen=True)
class Form:
    """The form of a database."""

    revision: str | None
    """The newest migration that was applied; None: the database is empty."""
    oldest: str | None
    """The oldest migration whose programs can use the database; None: not stored."""

    @property
    def serves(self) -> bool:
        """Tell whether this program can use the database."""
        if self.revision is None or self.revision < HEAD:
            return False
        return self.revision == HEAD or (self.oldest is not None and self.oldest <= HEAD)


def form_of(url: str) -> Form:
    """Read the form of a database. Changes nothing. Errors as in migrate."""
    read = read_url(url)
    file = file_of(read)
    if file is not None and not file.exists():
        return Form(None, None)
    engine = make_engine(read)
    try:
        with _usable(read), Database(engine).reading() as connection:
            return _form(connection)
    finally:
        engine.dispose()


def check_form(url: str) -> None:
    """Check that the form of a database fits this program. Migrate an empty database.

    Unusable: the form is older, or is newer and does not serve this program; the text says what
    to do.
    """
    form = form_of(url)
    if form.revision is None:
        migrate(url)
    elif form.revision < HEAD:
        raise Unusable(
            f"the database has an older form ({form.revision}) than this program needs ({HEAD}):"
            " back it up, then run `ivr database upgrade`"
        )
    elif not form.serves:
        raise Unusable(_newer(form.revision))


def migrate(url: str) -> None:
    """Migrate the database at ``url`` to HEAD. Create an SQLite file that does not exist.

    Unusable: the URL is wrong, the database cannot be read or written, or is newer than the
    program. TemporarilyUnavailable: its server does not answer.
    """
    to(read_url(url), HEAD)


def to(url: URL, revision: str) -> None:
    """Migrate to any revision, forwards or backwards; ``base`` is an empty database."""
    engine = make_engine(url)
    try:
        with _usable(url):
            _prepare(url)
            if revision == HEAD and _is(engine, HEAD):
                return
            with _alone(url), Database(engine).writing(_PATIENCE) as connection:
                _alone_on_server(connection)
                _move(connection, revision)
    finally:
        engine.dispose()


def revision_of(connection: Connection) -> str | None:
    """Return the newest applied migration; None: the database is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version"))
    return found.scalar_one_or_none()


def revisions() -> list[str]:
    """Return the ids of all migrations, oldest first."""
    return sorted(file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*.py"))


def _form(connection: Connection) -> Form:
    revision = revision_of(connection)
    if not inspect(connection).has_table("database_form"):
        return Form(revision, None)
    oldest = connection.execute(text("SELECT oldest FROM database_form")).scalar_one_or_none()
    return Form(revision, oldest)


def _newer(revision: str) -> str:
    return (
        f"the database is newer ({revision}) than this program ({HEAD}):"
        " update the program, point IVR_DATABASE_URL at its own database, or run"
        " `ivr database downgrade` with the newer program"
    )


def configuration(connection: Connection) -> Config:
    """Return Alembic's whole configuration: there is no alembic.ini."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _is(engine: Engine, revision: str) -> bool:
    with Database(engine).reading() as connection:
        found = revision_of(connection)
    if found is not None and found > HEAD:
        raise Unusable(_newer(found))
    return found == revision


def _move(connection: Connection, revision: str) -> None:
    from alembic import command

    found = revision_of(connection)
    config = configuration(connection)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        if revision == "base" or (found is not None and found > revision):
            command.downgrade(config, revision)
        elif found != revision:
            command.upgrade(config, revision)


def _prepare(url: URL) -> None:
    """Create the file of an SQLite database and switch it to WAL mode, which is permanent."""
    file = file_of(url)
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_dir():
        raise Unusable(f"the database {file} is a folder; IVR_DATABASE_URL must name a file")
    if not os.access(file if file.exists() else file.parent, os.W_OK) or not os.access(
        file.parent, os.W_OK
    ):
        raise Unusable(
            f"the database {file} cannot be written; give this user the right to write"
            " the file and its folder"
        )
    if not file.exists() or file.stat().st_size == 0:
        with _alone(url), closing(sqlite3.connect(file, timeout=_PATIENCE)) as plain:
            plain.execute("PRAGMA journal_mode = WAL")


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    """Lock an SQLite database's folder for one process. The lock leaves no file."""
    file = file_of(url)
    if file is None:
        yield
        return
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _alone_on_server(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_PATIENCE * 1000}")
        connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": _LOCK})


_WRONG = ("28", "3D")
"""SQLSTATE classes of permanent errors: wrong user or password, no such database."""


@contextmanager
def _usable(url: URL) -> Iterator[None]:
    """Turn errors at start into Unusable with a sentence on what to correct, where possible."""
    try:
        yield
    except OSError as error:
        name = file_of(url)
        raise Unusable(
            f"the database {name} cannot be used: {error.strerror}; remove this cause, or"
            " correct IVR_DATABASE_URL"
        ) from error
    except (TemporarilyUnavailable, DBAPIError, sqlite3.Error) as error:
        cause = error.__cause__ if isinstance(error, TemporarilyUnavailable) else error
        said = cause.orig if isinstance(cause, DBAPIError) else cause
        advice = _advice(url, said)
        if advice is None:
            raise
        raise Unusable(advice) from error


def _advice(url: URL, said: BaseException | None) -> str | None:
    """Return what is wrong and what to do; None: the error may be temporary."""
    file, reason = file_of(url), first_line(said)
    if file is None:
        import psycopg

        name = url.render_as_string(hide_password=True)
        if isinstance(said, psycopg.OperationalError) and not _is_wrong(said):
            return None
        return (
            f"the database {name} cannot be used: {reason}; remove this cause, or correct"
            " IVR_DATABASE_URL"
        )
    if "locked" in reason:
        return None
    if "full" in reason or "I/O" in reason:
        return f"the database {file} cannot be written: {reason}; free space on its disk"
    return (
        f"the database {file} cannot be read: {reason};"
        " restore it from a backup, or move it away to start with a new one"
    )


def _is_wrong(error: psycopg.OperationalError) -> bool:
    if error.sqlstate is not None:
        return error.sqlstate.startswith(_WRONG)
    said = str(error)
    return any(
        sign in said
        for sign in (
            "password authentication failed",
            "does not exist",
            "could not translate host name",
            "failed to resolve host",
            "no pg_hba.conf entry",
        )
    )
