"""django-simple-history: `Person.history.as_of(moment)`, loaded in bulk in the order of effective days."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.apps import AppConfig
from django.conf import settings
from django.db import connection, models

from benchmarks.history import FIELDS, ON_ROLL, Counts, History, counted
from ledger.domain.time import Day

LABEL = "peers"
BATCH = 2_000


class Peers(AppConfig):
    """The application that the model belongs to."""

    name = "benchmarks.peers"
    label = LABEL
    path = str(Path(__file__).parent)


def _model() -> Any:
    from simple_history.models import HistoricalRecords

    class Person(models.Model):  # noqa: DJ008  nobody prints it
        code = models.CharField(max_length=20, primary_key=True)
        unit = models.CharField(max_length=20)
        kind = models.SmallIntegerField()
        host = models.CharField(max_length=20, null=True)  # noqa: DJ001  nobody's host is not an empty one
        until = models.IntegerField(null=True)
        leave = models.SmallIntegerField(null=True)
        office = models.CharField(max_length=40, null=True)  # noqa: DJ001
        name = models.CharField(max_length=40)
        identity = models.CharField(max_length=40, null=True)  # noqa: DJ001
        history = HistoricalRecords()

        class Meta:
            app_label = LABEL

    return Person


def _midnight(day: Day) -> datetime:
    at = datetime.fromordinal(day)
    return at.replace(tzinfo=UTC)


class Peer:
    """See the module."""

    name = "django-simple-history, as_of"
    rounds = 5

    def __init__(self, folder: Path, history: History) -> None:
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "django.db")}
        apps = ["django.contrib.contenttypes", "django.contrib.auth", "simple_history", f"{__name__}.Peers"]
        number = "django.db.models.AutoField"
        settings.configure(DATABASES={"default": database}, INSTALLED_APPS=apps, USE_TZ=True, DEFAULT_AUTO_FIELD=number)
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        self._person = _model()
        past = self._person.history.model
        with connection.schema_editor() as editor:
            editor.create_model(self._person)
            editor.create_model(past)
        past.objects.bulk_create(_rows(past, history), batch_size=BATCH)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def on_roll(self, day: Day) -> Counts:
        """As the manual shows it: the instances as of a moment."""
        return counted([(person.unit, person.kind) for person in self._person.history.as_of(_midnight(day))])

    def grouped(self, day: Day) -> Counts:
        """The same query, counted by the database."""
        found = self._person.history.as_of(_midnight(day)).filter(kind__in=sorted(ON_ROLL))
        return dict(found.order_by().values_list("unit").annotate(people=models.Count("*")))


def _rows(past: type[models.Model], history: History) -> list[models.Model]:
    found = []
    last: dict[str, Any] = {}
    for change in sorted(history.changes, key=lambda change: change.day):
        code, gone = change.person, change.unit is None
        type_ = "-" if gone else "~" if code in last else "+"
        if not gone:
            last[code] = dict(zip(FIELDS, change[2:], strict=True))
        found.append(past(code=code, history_date=_midnight(change.day), history_type=type_, **last[code]))
        if gone:
            del last[code]
    return found
