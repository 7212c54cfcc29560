"""A pytest plugin that gives every test process a data folder of its own, before any settings are read."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

DATA = tempfile.mkdtemp(prefix="youbei-tests-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

os.environ["YOUBEI_DATA"] = DATA
os.environ["YOUBEI_SECRET_KEY"] = "only-for-tests-only-for-tests-only-for-tests-only"
os.environ["YOUBEI_NIGHTLY_SECONDS"] = "0"
os.environ["YOUBEI_MAIL_FROM"] = "youbei@example.org"
