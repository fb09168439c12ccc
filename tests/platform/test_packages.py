"""Set-up says in one line what the machine lacks, before anything is started."""

import subprocess
import sys
from pathlib import Path

import pytest

from onemachine import packages, setup
from petitions import pleading

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def no_pango(monkeypatch):
    """A machine without Pango and HarfBuzz-subset."""
    monkeypatch.setattr(packages, "_loads", lambda library: False)


def test_a_library_that_is_not_there_is_missed():
    assert not packages.Need("nothing", "no reason", library="libnothing-at-all.so.0").is_met()


def test_pango_and_the_font_embedder_are_named(no_pango):
    assert {"libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"} <= set(packages.missing(tests=False))


def test_the_typeface_of_the_papers_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(packages, "FONT_FOLDERS", (str(tmp_path),))
    assert "fonts-liberation" in packages.missing(tests=False)


def test_set_up_looks_for_the_typeface_that_the_papers_use():
    assert packages.TYPEFACE == pleading.FONT_FILE
    assert pleading.font_path().is_relative_to(packages.FONT_FOLDERS[0])


def test_only_tests_need_a_browser(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "chromium" in packages.missing(tests=True)
    assert "chromium" not in packages.missing(tests=False)


def test_where_apt_may_not_be_used_one_line_says_what_to_install(no_pango, monkeypatch, capsys):
    monkeypatch.setattr(packages, "apt", lambda: None)
    monkeypatch.setattr(setup, "python_packages", lambda stamp: pytest.fail("something was started"))
    assert setup.main([]) == 1
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Please install first (as root): apt-get install libpango-1.0-0 ")


def test_where_apt_may_be_used_it_installs_what_is_missing(no_pango, monkeypatch):
    asked: list[list[str]] = []

    def install(names: list[str]) -> bool:
        asked.append(names)
        return True

    monkeypatch.setattr(packages, "apt", lambda: ["apt-get"])
    monkeypatch.setattr(packages, "install", install)
    setup.system_packages(tests=False)
    assert asked == [packages.missing(tests=False)]


def test_apt_needs_root_or_sudo_without_a_password(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert packages.apt() is None
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert packages.apt() == ["apt-get"]


def test_an_old_python_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(setup, "LEAST_PYTHON", (9, 9))
    assert setup.main([]) == 1
    assert "Python 9.9 or newer is needed" in capsys.readouterr().out


def test_set_up_needs_nothing_but_python_itself():
    isolated = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import onemachine.setup",
    ]
    assert subprocess.run(isolated, capture_output=True).returncode == 0
