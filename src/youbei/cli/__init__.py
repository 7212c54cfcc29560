"""The command `youbei`."""


def main() -> int:
    return 0
