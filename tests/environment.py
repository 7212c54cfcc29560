"""A pytest plugin that gives every test process a data folder of its own, before any settings are read.

In the test's own process passwords are quickly hashed (the hash that is shipped takes a tenth of a second on purpose,
and there are thousands of accounts) and files are looked for when they are asked for, not at each start. Commands and
servers that tests start do both as they do for users.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import pytest

DATA = tempfile.mkdtemp(prefix="youbei-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

os.environ["YOUBEI_DATA"] = DATA
os.environ["YOUBEI_SECRET_KEY"] = "only-for-tests-only-for-tests-only-for-tests-only"
os.environ["YOUBEI_NIGHTLY_SECONDS"] = "0"
os.environ["YOUBEI_MAIL_FROM"] = "youbei@example.org"


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("django"):
        from django.conf import settings

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
        settings.WHITENOISE_AUTOREFRESH = True
