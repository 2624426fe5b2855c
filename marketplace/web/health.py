"""Is it alive, can it serve, and how is it doing: for supervisors and Prometheus."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress

from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.web.database import read
from marketplace.web.guard import public

blueprint = Blueprint("health", __name__)

REQUESTS = Counter("marketplace_requests_total", "Requests answered", ["endpoint", "status"])
SECONDS = Histogram(
    "marketplace_request_seconds",
    "Time to answer",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_SHARED = "PROMETHEUS_MULTIPROC_DIR"
_JOBS = text(
    """
    SELECT status::text, count(*), coalesce(max(extract(epoch FROM now() - coalesce(scheduled_at, (
        SELECT max(at) FROM procrastinate_events WHERE job_id = job.id
    )))) FILTER (WHERE status = 'todo'), 0)
    FROM procrastinate_jobs job WHERE status IN ('todo', 'doing', 'failed') GROUP BY status
    """
)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Answer 503 while the database does not."""
    try:
        read().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="database unavailable"), 503
    return jsonify(status="ok"), 200


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Answer the counts of all web processes of this installation, and what background work there is."""
    registry = CollectorRegistry()
    if os.environ.get(_SHARED):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the package leaves it untyped
    else:
        registry.register(REGISTRY)
    with suppress(SQLAlchemyError):
        registry.register(_Jobs())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Jobs:
    """Counts background work as it stands in the queue."""

    def __init__(self) -> None:
        self._found = read().execute(_JOBS).all()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("marketplace_jobs", "Background jobs by state", labels=["state"])
        late = GaugeMetricFamily("marketplace_jobs_late_seconds", "How long the oldest job has been due")
        waited = 0.0
        for state, count, seconds in self._found:
            jobs.add_metric([state], count)
            waited = max(waited, float(seconds))
        late.add_metric([], waited)
        return jobs, late


def install(app: Flask) -> None:
    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        REQUESTS.labels(endpoint, response.status_code).inc()
        if "began" in g:
            SECONDS.labels(endpoint).observe(time.perf_counter() - g.began)
        return response
