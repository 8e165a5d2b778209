from __future__ import annotations

import os

from celery import Celery

BROKER = os.environ.get("SANDBOX_BROKER_URL", "")

# Without a broker background work runs at once, in the process that asks for it.
app = Celery("sandbox", broker=BROKER or "memory://localhost/", set_as_current=True)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(task_always_eager=not BROKER, task_eager_propagates=True)
app.autodiscover_tasks()
app.set_default()
