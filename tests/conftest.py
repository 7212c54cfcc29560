"""Every test runs on its own data folder, in memory unless DATABASE_URL names a PostgreSQL."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("YOUBEI_DATA", tempfile.mkdtemp(prefix="youbei-tests-"))
os.environ.setdefault("YOUBEI_SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-only")
os.environ.setdefault("YOUBEI_MAIL_FROM", "youbei@example.org")
