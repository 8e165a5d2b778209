from __future__ import annotations

from celery import Celery

# No broker: background work runs at once, in the process that asks for it.
app = Celery("sandbox", broker="memory://localhost/", set_as_current=True)
app.conf.update(task_always_eager=True, task_eager_propagates=True)
app.set_default()
