"""Routes of access: sign in with a key at a browser, sign out, and who one is."""

from __future__ import annotations

import asyncio
import math
import re
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from ...schemas.problems import documented
from ...schemas.responses import Me
from ...security.keys import VIEWER
from ...security.owners import Asker
from ...security.permissions import ANYONE, requires
from ..access import WRONG
from ..dependencies import AtDesk, answered
from ..heads import COOKIE, cookie_of
from .pages import filled

router = APIRouter(tags=["access"])
SECRET_FORM = 100  # characters that a key has at most
MOST_AT = 200  # characters of a place of the page; a longer one is passed over
_AT = re.compile(r"[A-Za-z0-9_./%~-]+")  # it stays behind the # of our own page: nothing leads elsewhere
_WORDS = {
    "unknown": "No valid key is like that. Copy it whole, as 'vitrion keys new' printed it.",
    "expired": "No valid key is like that: it has expired. Ask whoever runs this service for another.",
    "revoked": "No valid key is like that: it was revoked. Ask whoever runs this service for another.",
}


@router.get("/api/v1/me", response_model=Me, responses=documented())
@requires(VIEWER)
async def me(desk: AtDesk, who: Asker) -> Response:
    """Say who asks, what the key allows, and whether keys are asked for at all."""
    needed = bool(desk.settings.require_keys)
    return answered({"name": who.name, "scope": who.scope, "session": who.session, "keys": needed})


@router.get("/login", include_in_schema=False)
@requires(ANYONE)
async def login_page() -> Response:
    """The page on which to give a key."""
    return filled("login.html")


@router.post("/login", include_in_schema=False)
@requires(ANYONE)
async def login(
    request: Request,
    desk: AtDesk,
    key: Annotated[str, Form(max_length=SECRET_FORM)] = "",
    at: Annotated[str, Form()] = "",
) -> Response:
    """Open a session with a key: its secret is a cookie that no script reads and no other site sends.

    It leads back to the place of the page that was asked for.
    """
    place = at if len(at) <= MOST_AT and _AT.fullmatch(at) else ""
    found = await asyncio.to_thread(desk.keys.known, key.strip())
    if found is None or found.state != "valid":
        if wait := math.ceil(request.scope[WRONG]()):
            words = f"Too many wrong keys came from your address. Come again in {wait} s."
            answer = filled("login.html", 429, words, place)
            answer.headers["retry-after"] = str(wait)
            return answer
        return filled("login.html", 403, _WORDS[found.state if found is not None else "unknown"], place)
    word = await asyncio.to_thread(desk.keys.open_session, found, desk.settings.session_hours)
    answer = RedirectResponse(f"/#{place}" if place else "/", 303)
    safe = request.url.scheme == "https"
    seconds = int(3600 * desk.settings.session_hours)
    answer.set_cookie(COOKIE, word, max_age=seconds, httponly=True, samesite="strict", secure=safe, path="/")
    return answer


@router.post("/logout", include_in_schema=False)
@requires(ANYONE)
async def logout(request: Request, desk: AtDesk) -> Response:
    """End the session."""
    if word := cookie_of(request.headers.get("cookie", "")):
        await asyncio.to_thread(desk.keys.close_session, word)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer
