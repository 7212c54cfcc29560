"""Fill a database once, and print the key of a session of its administrator: `python -m benchmarks.signed_in LOTS`."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command

django.setup()

from benchmarks.many_records import build_once  # noqa: E402
from benchmarks.page_reader import client_of  # noqa: E402

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    build_once(int(sys.argv[1]))
    print(client_of("admin").cookies["sessionid"].value, flush=True)
