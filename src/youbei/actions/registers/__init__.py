"""Keep the registers: enter, change, confirm, retire and restore their records."""
