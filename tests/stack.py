"""The application as processes, for browser and kill tests: web server, workers, scheduler on the test database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import redis

from onemachine import assets
from onemachine.services import Database
from onemachine.supervisor import end_with_parent

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


class LiveStack:
    """Starts, kills and ends the processes. `url` is the address of the web server."""

    def __init__(self, *, database: Database, redis_url: str) -> None:
        self.database, self.redis_url = database, redis_url
        self.redis = redis.Redis.from_url(redis_url)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._log = (Path(os.environ["FILES_DIR"]).parent / "stack.log").open("ab")

    def start(self, *, web: bool = True) -> None:
        """Start what isn't running; returns when the sign-in page answers (with `web`)."""
        for number in range(WORKERS):
            self._run(f"worker-{number}", *rqworker())
        self._run("tick", "manage.py", "tick")
        if web:
            assets.collect(Path(os.environ.get("VAR_DIR", ROOT / "var")))
            self._run("web", "-m", "gunicorn", "clearmyrecord.wsgi", "-b", f"127.0.0.1:{self.port}", "--threads", "4")
            self._wait_for_page()

    def _run(self, name: str, *arguments: str) -> None:
        known = self._processes.get(name)
        if known is None or known.poll() is not None:
            variables = os.environ | {
                "DATABASE_URL": self.database.app,
                "REDIS_URL": self.redis_url,
                "PUBLIC_INQUIRIES": "1",
            }
            self._processes[name] = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=variables, stdout=self._log, stderr=self._log,
                start_new_session=True, preexec_fn=end_with_parent,
            )  # fmt: skip

    def _wait_for_page(self, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/sign-in/", timeout=10).close()
                return
            except urllib.error.HTTPError:
                return  # it answers; what it answers is the test's business
            except OSError:
                if time.monotonic() > until or self._processes["web"].poll() is not None:
                    raise RuntimeError(f"The web server did not start:\n{self.log()}") from None
                time.sleep(0.1)

    def log(self) -> str:
        """The last lines that the processes wrote."""
        return Path(self._log.name).read_text(errors="replace")[-4000:]

    @property
    def worker_pids(self) -> list[int]:
        """Process ids of the running workers (not of the horses that do their jobs)."""
        return [p.pid for name, p in self._processes.items() if name.startswith("worker") and p.poll() is None]

    def horses(self) -> list[int]:
        """Process ids of the jobs being done at this moment."""
        return [child.pid for pid in self.worker_pids for child in psutil.Process(pid).children()]

    def kill_workers(self) -> None:
        """SIGKILL every worker together with its horse, as when the machine's power is cut."""
        for name, process in self._processes.items():
            if name.startswith("worker") and process.poll() is None:
                _end(process, signal.SIGKILL)

    def start_workers(self) -> None:
        """Start workers again after `kill_workers`."""
        self.start(web=False)

    def flush_redis(self) -> None:
        self.redis.flushall()

    def quiet(self, seconds: float = 20) -> None:
        """Drop waiting jobs and wait until none is being done, so that the tables can be emptied.

        The scheduler ends, which would tick at today's date in tests that move the clock; so do the workers in the
        end, which would take the jobs of tests that do them themselves.
        """
        if tick := self._processes.pop("tick", None):
            _end(tick, signal.SIGTERM)
        self.redis.flushall()
        self._finish(seconds)
        self.kill_workers()

    def _finish(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self.horses():
            if time.monotonic() > until:
                return
            time.sleep(0.05)

    def stop(self) -> None:
        """End every process and whatever they started."""
        for process in self._processes.values():
            if process.poll() is None:
                _end(process, signal.SIGTERM)
        self._processes.clear()
        self._log.close()


def rqworker() -> list[str]:
    """Arguments of one worker; without the serializer it would read pickle, whatever the settings say."""
    return ["manage.py", "rqworker", "--serializer", "json", "records", "evaluation", "documents", "default"]


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for member in family:
        try:
            member.send_signal(number)
        except psutil.NoSuchProcess:
            continue
    _, left = psutil.wait_procs(family, timeout=10)
    for member in left:
        member.kill()
    process.wait(timeout=10)
