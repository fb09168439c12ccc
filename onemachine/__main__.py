"""`python -m onemachine`: the whole demonstration, from databases to web server, until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from onemachine import services
from onemachine.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent
QUEUES = ("records", "evaluation", "documents", "default")
PAGE_SECONDS = 60


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    """Start everything, wait for a signal, end everything."""
    started = time.monotonic()
    var = Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()
    port = int(os.environ.get("PORT", "8000"))
    var.mkdir(parents=True, exist_ok=True)
    if _is_taken(port):
        say(f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1} make run")
        return 1
    if os.geteuid() == 0:
        say("You are root: PostgreSQL then opens the folders above its data to every account of this machine.")
    supervisor = Supervisor(folder=ROOT, log=var / "log.txt", report=say)
    postgres = services.Postgres(var / "postgres")
    try:
        _start_services(supervisor, postgres, var)
        _start_programs(supervisor, port)
        if not _answers(f"http://127.0.0.1:{port}/sign-in/", supervisor):
            if not supervisor.stopping:
                say(f"The web server did not start; see {var / 'log.txt'}")
                return 1
            return 0
        address = f"http://localhost:{port}/"
        say(f"The sign-in page is up after {time.monotonic() - started:.0f} seconds: {address}")
        supervisor.add(
            "load_demo", [sys.executable, "manage.py", "load_demo"], on_end=lambda code: _demo_loaded(code, address)
        )
        supervisor.watch(lambda: _keep(postgres, supervisor))
    except subprocess.CalledProcessError as failed:
        if not supervisor.stopping:
            say(f"{' '.join(map(str, failed.cmd[1:]))} failed; see above.")
            return 1
    finally:
        say("Stopping …")
        supervisor.stop()
        postgres.stop()
        say(f"Stopped. Your data stay in {var}")
    return 0


def _start_services(supervisor: Supervisor, postgres: services.Postgres, var: Path) -> None:
    """PostgreSQL, Redis, and a database that is up to date."""
    say("Starting PostgreSQL and Redis …")
    postgres.start()
    supervisor.not_ours = {postgres.pid or 0}
    database = services.make_database(postgres.superuser_url, "clearmyrecord")
    redis = services.Redis(var)
    os.environ.update(_environment(var, database, redis))
    supervisor.add("Redis", redis.command)
    redis.wait()
    say("Bringing the database up to date …")
    owner = os.environ | {"DATABASE_URL": database.owner}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=owner, check=True, start_new_session=True)


def _demo_loaded(code: int, address: str) -> None:
    if code:
        say("The invented county could not be loaded whole; see var/log.txt. The application runs on.")
    say(f"\nReady: {address}   Stop with Ctrl-C.")


def _environment(var: Path, database: services.Database, redis: services.Redis) -> dict[str, str]:
    """The variables that make this the demonstration; the same settings module runs in production."""
    return {
        "DEMO": "1",
        "DATABASE_URL": database.app,
        "REDIS_URL": redis.url,
        "SECRET_KEY": _secret(var / "secret_key"),
        "VAR_DIR": str(var),
        "PYTHONUNBUFFERED": "1",
    }


def _secret(path: Path) -> str:
    """A key made once for this folder, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


def _start_programs(supervisor: Supervisor, port: int) -> None:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    bind = ["--bind", f"127.0.0.1:{port}"]
    gunicorn = ["-m", "gunicorn", "clearmyrecord.wsgi", *bind, "--workers", "2", "--threads", "4", "--timeout", "300"]
    supervisor.add("The web server", [sys.executable, *gunicorn])
    for number in range(cores):
        worker = ["manage.py", "rqworker", "--serializer", "json", *QUEUES]
        supervisor.add(f"Worker {number + 1}", [sys.executable, *worker])
    supervisor.add("The scheduler", [sys.executable, "manage.py", "tick"])


def _keep(postgres: services.Postgres, supervisor: Supervisor) -> None:
    if postgres.pid is None and not supervisor.stopping:
        say("PostgreSQL ended unexpectedly and is started again.")
        postgres.start()
        supervisor.not_ours = {postgres.pid or 0}


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(url: str, supervisor: Supervisor) -> bool:
    """Whether the page comes within a minute."""
    until = time.monotonic() + PAGE_SECONDS
    while time.monotonic() < until and not supervisor.stopping:
        try:
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310 - our own address
            return True
        except OSError:
            time.sleep(0.2)
    return False


if __name__ == "__main__":
    sys.exit(main())
