"""Routes of the files that browsers keep: styles, scripts, font, icon."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ivr.web.desk.bundle import Asset, Bundle

FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"


def router(bundle: Bundle) -> APIRouter:
    """Return the routes of the files of a bundle."""
    routes = APIRouter()

    @routes.get("/assets/{version}/{name}")
    async def asset(version: str, name: str, request: Request) -> Response:
        found = bundle.assets.get(name)
        if found is None:
            raise HTTPException(404)
        kept = FOR_EVER if version == bundle.version else "no-cache"
        return _response(found, kept, request)

    @routes.get("/favicon.ico")
    async def icon(request: Request) -> Response:
        return _response(bundle.assets["icon.svg"], AN_HOUR, request)

    @routes.get("/robots.txt")
    async def robots() -> Response:
        return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")

    return routes


def _response(asset: Asset, kept: str, request: Request) -> Response:
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    body = asset.body
    if asset.is_zipped_smaller and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = asset.zipped
    return Response(body, headers=headers, media_type=asset.kind)
