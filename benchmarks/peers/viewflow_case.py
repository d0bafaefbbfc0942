"""Viewflow (PyPI: django-viewflow), run in an environment of its own: the same case as a Python flow, kept by Django's ORM in SQLite.

Viewflow has no BPMN: flows are Python classes. Its form views are left out; tasks are assigned and completed through their activations.
Reads the same order as bpmn_engine.js from stdin.
"""

import json
import sys
import time

import django
from django.conf import settings

ASKED = json.loads(sys.stdin.read())
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ASKED["path"], "OPTIONS": {
        "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"}}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "viewflow", "viewflow.workflow", "viewflow_app"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True, SECRET_KEY="measured")
django.setup()

from django.contrib.auth.models import User  # noqa: E402  Django wants to be set up first
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from viewflow.workflow import STATUS  # noqa: E402
from viewflow.workflow.models import Process  # noqa: E402
from viewflow_app.flows import P1, P2  # noqa: E402


def main():
    """Play the cases and print the readings."""
    call_command("migrate", verbosity=0)
    user = User.objects.create(username="ivan")
    times = {"start": [], "complete": [], "late": []}
    for number in range(-ASKED["warmUp"], ASKED["cases"]):
        kept = times if number >= 0 else {"start": [], "complete": []}
        process = timed(kept["start"], lambda: begin(P1))
        for _ in range(2):
            timed(kept["complete"], lambda process=process: answer(process, user, False))
    if ASKED["loops"]:
        process = begin(P2)
        for number in range(ASKED["loops"] + 5):
            timed(times["late"] if number >= ASKED["loops"] else [], lambda: answer(process, user, True))
    print(json.dumps(times))


def begin(which):
    """Start a case; return its id."""
    with transaction.atomic():
        return which.start.run(complaint=ASKED["complaint"]).pk


def answer(pk, user, again):
    """Complete the one open task."""
    with transaction.atomic():
        process = Process.objects.get(pk=pk)
        task = process.task_set.filter(finished__isnull=True, status=STATUS.NEW).get()
        activation = task.flow_task.activation_class(task)
        activation.assign(user)
        activation.start(request=None)
        activation.process.data = {**(activation.process.data or {}), **ASKED["submission"], "again": again}
        activation.process.save()
        activation.execute()


def timed(readings, work):
    """Take one reading: processor and wall."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    readings.append([(time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3])
    return result


if __name__ == "__main__":
    main()
