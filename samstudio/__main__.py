"""``python -m samstudio``."""

from samstudio.cli import main

if __name__ == "__main__":
    main()
