"""Renders the templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from ivr.domain.values import Language
from ivr.web.desk import texts
from ivr.web.desk.browsers import browser_name
from ivr.web.desk.bundle import Bundle
from ivr.web.desk.live import Live
from ivr.web.desk.menu import menu_of
from ivr.web.desk.texts import Texts
from ivr.web.desk.visit import new_key, visit_of

TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """All templates with all texts."""

    def __init__(
        self,
        said: Texts,
        bundle: Bundle,
        zone: ZoneInfo,
        live: Live,
        *,
        is_demo: bool,
        has_provider: bool,
    ) -> None:
        self.texts = said
        self._is_demo = is_demo
        self._environment = environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals.update(
            bundle=bundle,
            is_demo=is_demo,
            has_provider=has_provider,
            languages=texts.NAMES,
            live=live,
            t=_text,
            said=said,
            zone=zone,
        )
        environment.filters.update({form: _time(form) for form in texts.TIMES})
        environment.filters.update(iso=datetime.isoformat, browser=browser_name, clock=clock)

    def show(
        self,
        request: Request,
        template: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """Return a page in the language of the visit."""
        body = self.render(request, template, **values)
        return HTMLResponse(body, status, headers)

    def render(self, request: Request, template: str, **values: Any) -> str:
        visit = visit_of(request)
        return self._environment.get_template(template).render(
            visit=visit,
            language=visit.language,
            path=request.url.path,
            session=visit.session,
            me=visit.session.user if visit.session else None,
            menu=menu_of(visit.session, is_demo=self._is_demo),
            key=new_key,
            **values,
        )


@pass_context
def _text(context: Context, key: str, **values: texts.Value) -> str:
    said: Texts = context["said"]
    return said.text(_language(context), key, **values)


def _time(form: str) -> Callable[[Context, datetime], str]:
    """Return the filter for a form of times."""

    @pass_context
    def told(context: Context, at: datetime) -> str:
        return texts.told_time(form, _language(context), context["zone"], at)

    return told


def clock(time: timedelta) -> str:
    """Return a duration as ``4:07`` or ``1:04:07``; a negative one as nothing."""
    minutes, seconds = divmod(max(0, int(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _language(context: Context) -> Language:
    """Return the language of the page; a template may set another for a part of it."""
    language: Language = context["language"]
    return language
