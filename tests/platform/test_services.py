"""The embedded servers and where their sockets lie."""

import stat
from pathlib import Path

import psycopg

from onemachine import services


def test_a_folder_whose_sockets_fit_is_used_itself(tmp_path):
    assert services.short_folder(Path("/tmp") / tmp_path.name).parent == Path("/tmp")
    (Path("/tmp") / tmp_path.name).rmdir()


def test_a_long_folder_gets_a_private_short_one(tmp_path):
    short = services.short_folder(tmp_path / ("very-long-name-" * 10))
    try:
        assert len(str(short / "redis.sock")) < services.SOCKET_PATH_LIMIT
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
    finally:
        short.rmdir()


def test_a_new_database_belongs_to_the_owner_and_making_it_twice_changes_nothing(superuser_url):
    name = "cmr_made_by_a_test"
    try:
        made = services.make_database(superuser_url, name, fresh=True)
        with psycopg.connect(made.owner) as owner:
            owner.execute("CREATE TABLE kept (id int)")
        assert services.make_database(superuser_url, name) == made
        with psycopg.connect(made.owner) as owner:
            assert owner.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    finally:
        services.drop_database(superuser_url, name)


def test_redis_answers_on_its_socket_and_ends(tmp_path):
    folder = services.short_folder(tmp_path)
    server = services.Redis(folder)
    server.start()
    assert server.socket.exists()
    server.stop()
    assert not server.socket.exists()
