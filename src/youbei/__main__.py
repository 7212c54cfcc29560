"""Let `python -m youbei` be the command `youbei`."""

import sys

from youbei.cli import main

sys.exit(main())
