"""`python -m ledger` is `sledger`."""

from ledger.cli import main

if __name__ == "__main__":
    main()
