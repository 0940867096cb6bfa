"""`python -m github.check_key < key.pem`: can this key sign? Run apart, so that the server need not load what tells."""

from __future__ import annotations

import sys

from github.auth import check_key


def main() -> int:
    """Read PEM text from standard input; say what is wrong with it and return 1, or return 0."""
    try:
        check_key(sys.stdin.read())
    except ValueError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
