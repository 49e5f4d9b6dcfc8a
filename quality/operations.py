"""Operations: liveness, readiness and metrics."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
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
    """Give the metrics to a reader on this machine only."""
    if request.client is None or request.client.host not in LOOPBACK:
        raise NotFound
    return Response(generate_latest(REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})


ROUTES = (
    public("/healthz", healthz),
    public("/readyz", readyz),
    public("/metrics", metrics),
)
