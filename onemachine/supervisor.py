"""Keeps a set of processes running and ends every one of them, with whatever they started, when told to stop.

Each process leads a session of its own, so a Ctrl-C in the terminal reaches only the supervisor, which then ends
them in order. The supervisor is the reaper of orphans: a job whose worker was killed becomes its child, and is ended
at once, so that the restarted worker finds no ghost at work.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
STOP_SECONDS = 8
"""What a process gets to end by itself before it is killed."""
RESTART_SECONDS = 2
"""Pause before a process that died is started again."""


@dataclass
class Program:
    """One process to keep running."""

    name: str
    command: list[str]
    on_end: Callable[[int], None] | None = None
    """Given for a program that runs once: called with its exit code instead of starting it again."""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0


class Supervisor:
    """Starts programs in the order they are added; the first, which the others need, is ended last."""

    def __init__(self, *, folder: Path, log: Path, report: Callable[[str], None] = print) -> None:
        self.folder, self.report = folder, report
        self.log = log.open("ab")
        self.programs: list[Program] = []
        self.not_ours: set[int] = set()
        """Children to leave alone: services with a stop of their own."""
        self.stopping = False
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop_soon)

    def _stop_soon(self, number: int, frame: object) -> None:
        self.stopping = True

    def add(self, name: str, command: list[str], *, on_end: Callable[[int], None] | None = None) -> None:
        """Start a program and keep it running; with `on_end` it runs once, and its lines go to the terminal."""
        program = Program(name, command, on_end)
        self.programs.append(program)
        self._start(program)

    def _start(self, program: Program) -> None:
        program.started = time.monotonic()
        program.process = subprocess.Popen(
            program.command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=None if program.on_end else self.log,
            stderr=self.log,
            start_new_session=True,
            preexec_fn=end_with_parent,
        )

    def watch(self, on_second: Callable[[], None] = lambda: None) -> None:
        """Until a signal asks to stop: start again what died, end what was orphaned. Calls `on_second` every second."""
        while not self.stopping:
            for program in list(self.programs):
                if program.process is not None and program.process.poll() is not None:
                    self._ended(program, program.process.returncode)
            self._end_orphans()
            on_second()
            _sleep(1, unless=lambda: self.stopping)

    def _ended(self, program: Program, code: int) -> None:
        self._end_orphans()
        if program.on_end is not None:
            self.programs.remove(program)
            program.on_end(code)
            return
        if time.monotonic() - program.started < RESTART_SECONDS:
            _sleep(RESTART_SECONDS, unless=lambda: self.stopping)
        if not self.stopping:
            self.report(f"{program.name} ended unexpectedly and is started again; see {self.log.name}")
            self._start(program)

    def _end_orphans(self) -> None:
        """Children that are no program of ours lost their parent: end them and what they started."""
        for pid in self.not_ours:
            _reap(pid)
        known = {program.process.pid for program in self.programs if program.process} | self.not_ours
        for child in psutil.Process().children():
            if child.pid not in known and not _reap(child.pid) and not _belongs_to_postgres(child):
                _end([child, *_descendants(child)], seconds=1)

    def stop(self) -> None:
        """End every program and every process below them; returns when none is left."""
        self.stopping = True
        for group in (self.programs[1:], self.programs[:1]):
            leaders = [psutil.Process(p.process.pid) for p in group if p.process and p.process.poll() is None]
            below = [process for leader in leaders for process in _descendants(leader)]
            for leader in leaders:
                _quietly(leader.terminate)  # a worker then lets its job finish, as long as that is quick
            _end(leaders, seconds=STOP_SECONDS, ask=False)
            _end(below, seconds=1)
        self._end_orphans()
        self.log.close()


def _reap(pid: int) -> bool:
    """Whether this child had ended; its entry in the process table is gone then."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _belongs_to_postgres(process: psutil.Process) -> bool:
    """When its server is killed, PostgreSQL's other processes become our children until they end by themselves."""
    try:
        return bool(process.name() == "postgres")
    except psutil.NoSuchProcess:
        return True


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def _end(processes: list[psutil.Process], *, seconds: float, ask: bool = True) -> None:
    """Ask all to end, wait, kill what is left."""
    for process in processes if ask else []:
        _quietly(process.terminate)
    _, left = psutil.wait_procs(processes, timeout=seconds)
    for process in left:
        _quietly(process.kill)
    psutil.wait_procs(left, timeout=seconds)


def _quietly(act: Callable[[], None]) -> None:
    try:
        act()
    except psutil.NoSuchProcess:
        return


def _sleep(seconds: float, *, unless: Callable[[], bool]) -> None:
    """Sleep in short steps, so that a signal is answered quickly."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not unless():
        time.sleep(0.1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def end_with_parent() -> None:
    """In a child, before its program starts: be asked to end should the parent be killed."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
