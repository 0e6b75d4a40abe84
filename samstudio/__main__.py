"""``python -m samstudio``."""

from samstudio.cli.app import main

if __name__ == "__main__":
    main()
