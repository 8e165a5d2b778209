"""The host's own settings, with a few of a test's over them; for processes beside the server."""

from __future__ import annotations

import json
import os
from importlib import import_module

_host = import_module(os.environ["HOST_HOST_SETTINGS"])
globals().update({name: getattr(_host, name) for name in dir(_host) if name.isupper()})
globals().update(json.loads(os.environ["HOST_SETTINGS"]))
