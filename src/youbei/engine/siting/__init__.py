"""Where to put the next stations: p-median, p-center and covers, exact or with a proven gap."""
