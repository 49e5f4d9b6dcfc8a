"""Operations: liveness, readiness and metrics."""

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Metric, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from quality.db import fetch_value, pool
from quality.errors import NotFound
from quality.settings import LOOPBACK
from quality.web.routing import public


async def healthz(request: Request) -> Response:  # noqa: ARG001 - a view's signature
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:  # noqa: ARG001
    """Answer 200 once the database answers with the schema in place."""
    await fetch_value(pool("web"), "SELECT clock_offset_seconds()")
    return JSONResponse({"status": "ready"})


async def metrics(request: Request) -> Response:
    """Give a reader on this machine the metrics of the process, then what each component counts."""
    if request.client is None or request.client.host not in LOOPBACK:
        raise NotFound
    counted = CollectorRegistry()
    for component in request.app.state.house.components:
        if component.metrics is not None:
            counted.register(_Counted(await component.metrics()))
    lines = generate_latest(REGISTRY) + generate_latest(counted)
    return Response(lines, headers={"Content-Type": CONTENT_TYPE_LATEST})


@dataclass(frozen=True, eq=False)
class _Counted:
    """Metrics that were read before they are written out, as the writer cannot wait for a database."""

    families: Sequence[Metric]

    def collect(self) -> Sequence[Metric]:
        return self.families


ROUTES = (
    public("/healthz", healthz),
    public("/readyz", readyz),
    public("/metrics", metrics),
)
