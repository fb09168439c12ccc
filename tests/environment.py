"""Environment of the tests. Loaded before Django's settings are (`-p tests.environment`), so it may set variables only.

A test session brings its own PostgreSQL and Redis. TEST_SUPERUSER_URL names a PostgreSQL that is already running,
CMR_TEST_DB the database to make there; TEST_REDIS_URL names a running Redis.
"""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.mkdtemp(prefix="cmr-test-"))
"""Files and sockets of this session; short, since sockets lie in it."""
signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a timeout ends what the session started, too
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

DATABASE_NAME = os.environ.get("CMR_TEST_DB", "test_clearmyrecord")

os.environ.update(
    SECRET_KEY="only-for-tests-" + "x" * 50,
    DEMO="1",
    DATABASE_URL=f"postgresql://cmr_app@/{DATABASE_NAME}?host=not-started",
    REDIS_URL=os.environ.get("TEST_REDIS_URL", f"unix://{FOLDER}/redis.sock"),
    FILES_DIR=str(FOLDER / "files"),
    DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright keeps an event loop in the thread of the test
)
