"""The lock files fit what is asked for and name no address."""

from onemachine import locks


def test_lock_files_fit():
    assert locks.wrong() == []


def test_a_requirement_that_is_not_locked_is_found(tmp_path, monkeypatch):
    for name in ("pyproject.toml", "package.json", "package-lock.json"):
        (tmp_path / name).write_text((locks.ROOT / name).read_text())
    (tmp_path / "requirements").mkdir()
    for path in (locks.ROOT / "requirements").glob("*.lock"):
        (tmp_path / "requirements" / path.name).write_text(path.read_text().replace("\ndjango==", "\nflask=="))
    monkeypatch.setattr(locks, "ROOT", tmp_path)
    assert any("django" in line and "make lock" in line for line in locks.wrong())


def test_an_address_in_a_lock_file_is_found(tmp_path, monkeypatch):
    for name in ("pyproject.toml", "package.json", "package-lock.json"):
        (tmp_path / name).write_text((locks.ROOT / name).read_text())
    (tmp_path / "requirements").mkdir()
    for path in (locks.ROOT / "requirements").glob("*.lock"):
        (tmp_path / "requirements" / path.name).write_text("--index-url https://example.org\n" + path.read_text())
    monkeypatch.setattr(locks, "ROOT", tmp_path)
    assert "all.lock holds an address; lock files name packages and hashes only." in locks.wrong()
