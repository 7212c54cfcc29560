"""A pytest plugin that gives every test process a data folder of its own, before any settings are read.

In the test's own process passwords are quickly hashed (the hash that is shipped takes a tenth of a second on purpose,
and there are thousands of accounts) and files are looked for when they are asked for, not at each start. Commands and
servers that tests start do both as they do for users. Nor is what was collected looked through for dead circles over
and over again, which took a tenth of the time of all tests.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile

import pytest

gc.disable()  # until the tests are collected
DATA = tempfile.mkdtemp(prefix="youbei-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

os.environ["YOUBEI_DATA"] = DATA
os.environ["YOUBEI_SECRET_KEY"] = "only-for-tests-only-for-tests-only-for-tests-only"
os.environ["YOUBEI_NIGHTLY_SECONDS"] = "0"
os.environ["YOUBEI_MAIL_FROM"] = "youbei@example.org"


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("django"):
        from django.conf import settings

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
        settings.WHITENOISE_AUTOREFRESH = True
