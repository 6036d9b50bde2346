"""Routes of access: sign in with a key at a browser, sign out, and who one is."""

from __future__ import annotations

import asyncio
import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from .access import COOKIE, WRONG, cookie_of
from .desk import AtDesk, answered
from .owners import Asker
from .pages import served
from .problems import documented
from .schemas_out import Me

router = APIRouter(tags=["access"])
SECRET_FORM = 100  # characters that a key has at most


@router.get("/api/v1/me", response_model=Me, responses=documented())
async def me(desk: AtDesk, who: Asker) -> Response:
    """Say who asks, what the key allows, and whether keys are asked for at all."""
    needed = bool(desk.settings.require_keys)
    return answered({"name": who.name, "scope": who.scope, "session": who.session, "keys": needed})


@router.get("/login", include_in_schema=False)
async def login_page(request: Request) -> Response:
    """The page on which to give a key."""
    return served(request, "login.html")


@router.post("/login", include_in_schema=False)
async def login(request: Request, desk: AtDesk, key: Annotated[str, Form(max_length=SECRET_FORM)] = "") -> Response:
    """Open a session with a key: its secret is a cookie that no script reads and no other site sends."""
    found = await asyncio.to_thread(desk.keys.find, key.strip())
    if found is None and (wait := math.ceil(request.scope[WRONG]())):
        words = f"Too many wrong keys came from your address. Come again in {wait} s."
        answer = served(request, "login.html", 429, words.encode())
        answer.headers["retry-after"] = str(wait)
        return answer
    if found is None:
        return served(request, "login.html", 403, b"No valid key is like that. It may have expired, or been revoked.")
    word = await asyncio.to_thread(desk.keys.open_session, found, desk.settings.session_hours)
    answer = RedirectResponse("/", 303)
    safe = request.url.scheme == "https"
    seconds = int(3600 * desk.settings.session_hours)
    answer.set_cookie(COOKIE, word, max_age=seconds, httponly=True, samesite="strict", secure=safe, path="/")
    return answer


@router.post("/logout", include_in_schema=False)
async def logout(request: Request, desk: AtDesk) -> Response:
    """End the session."""
    if word := cookie_of(request.headers.get("cookie", "")):
        await asyncio.to_thread(desk.keys.close_session, word)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer
