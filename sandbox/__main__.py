from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from sandbox import demo, serve

OWN = {"demo": demo.main, "serve": serve.main}


def main() -> None:
    """Tell the demo, serve the shop, or run a Django management command in the sandbox."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    if sys.argv[1:] in ([name] for name in OWN):
        sys.exit(OWN[sys.argv[1]]())
    execute_from_command_line([sys.argv[0], *sys.argv[1:]])


if __name__ == "__main__":
    main()
