"""Asks the app in this container for its health: exit code 0 when /healthz answers 200.

Only the standard library, and no proxy: it runs every half minute.
"""

from __future__ import annotations

import http.client
import os


def main() -> int:
    """Ask once, say what came, and return the exit code."""
    port = int(os.environ.get("SAMSTUDIO_PORT", "7860"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        print(answer.status, answer.read(2000).decode(errors="replace"))
    except (OSError, http.client.HTTPException) as error:
        print(f"nothing answers on port {port}: {error}")
        return 1
    finally:
        connection.close()
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    raise SystemExit(main())
