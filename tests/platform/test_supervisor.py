"""The supervisor keeps programs running and leaves no process behind. Each test supervises in a process of its own."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SUPERVISE = """
    import sys
    from pathlib import Path
    from onemachine.supervisor import Supervisor
    folder = Path(sys.argv[1])
    supervisor = Supervisor(folder=folder, log=folder / "log.txt", report=lambda text: print(text, flush=True))
    supervisor.add("First", ["sleep", "1000"])
    supervisor.add("Parent", [sys.executable, "-c", sys.argv[2]])
    print("up", flush=True)
    supervisor.watch()
    supervisor.stop()
"""
PARENT_WITH_CHILD = "import os, subprocess, time; subprocess.Popen(['sleep', '999'], process_group=0); time.sleep(1000)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)"


def until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def supervise(tmp_path):
    """Starts a supervisor of two programs, the second running the given Python text; gives its process."""
    started = []

    def start(text: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(SUPERVISE), str(tmp_path), text],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def below(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children(recursive=True))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_every_process_also_those_in_groups_of_their_own(supervise, number):
    process = supervise(PARENT_WITH_CHILD)
    assert until(lambda: len(below(process)) == 3)
    family = below(process)
    os.kill(process.pid, number)
    assert process.wait(timeout=15) == 0
    assert not [member for member in family if member.is_running()]


def test_a_program_that_will_not_end_is_killed(supervise):
    process = supervise(STUBBORN)
    assert until(lambda: len(below(process)) == 2)
    family = below(process)
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert not [member for member in family if member.is_running()]


def test_a_killed_program_is_started_again_and_its_orphans_are_ended(supervise):
    process = supervise(PARENT_WITH_CHILD)
    assert until(lambda: len(below(process)) == 3)
    parent = next(child for child in below(process) if child.cmdline()[0] == sys.executable)
    orphan = parent.children()[0]
    parent.kill()
    assert until(lambda: not orphan.is_running())
    assert until(lambda: len(below(process)) == 3)
    assert parent.pid not in {child.pid for child in below(process)}
    assert "Parent ended unexpectedly and is started again" in ((process.stdout and process.stdout.readline()) or "")


def test_programs_end_when_the_supervisor_itself_is_killed(supervise):
    process = supervise("import time; time.sleep(1000)")
    assert until(lambda: len(below(process)) == 2)
    family = below(process)
    process.kill()
    process.wait()
    assert until(lambda: not [member for member in family if member.is_running()])
