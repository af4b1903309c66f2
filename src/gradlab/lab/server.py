"""The browser's host: a page, its two files, and one WebSocket, on this machine only.

Whoever opens it needs the token of the link, as with Jupyter; Host and Origin are checked besides, so that no page
from elsewhere can talk to it, not even through a name that points to this machine. PyTorch is imported with the first
message, because importing it delays the start by more than a second.
"""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from gradlab.errors import GradlabError, OptionError

if TYPE_CHECKING:
    from gradlab.lab.session import Session

STATIC = Path(__file__).parent / "static"
FILES: Mapping[str, Path] = {path.name: path for path in STATIC.iterdir()} | {"": STATIC / "index.html"}
"""All that can be fetched: nothing is looked up by a path that came from outside."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

Opened = Callable[[], "Session"]


def make_app(opened: Opened, token: str, port: int) -> Starlette:
    """The application: `opened()` makes the session of a tab, once its first message is there."""
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gradlab")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        pool.shutdown(wait=False, cancel_futures=True)

    async def file(request: Request) -> Response:
        path = FILES.get(request.path_params.get("name", ""))
        return PlainTextResponse("404", 404, HEADERS) if path is None else FileResponse(path, headers=HEADERS)

    async def talk(websocket: WebSocket) -> None:
        if not _may_talk(websocket, token, port):
            await websocket.close(code=1008)  # refused before it is accepted: the client sees 403
            return
        await websocket.accept()
        await _Conversation(websocket, opened, pool).run()

    return Starlette(
        routes=[Route("/", file), Route("/{name}", file), WebSocketRoute("/ws", talk)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK))],
        lifespan=lifespan,
    )


def _may_talk(websocket: WebSocket, token: str, port: int) -> bool:
    """The right token, and no Origin but ours; a program that is no browser sends none."""
    origin = websocket.headers.get("origin")
    ours = {f"http://{host}:{port}" for host in LOOPBACK}
    given = websocket.query_params.get("token", "")
    return (origin is None or origin in ours) and secrets.compare_digest(given.encode(), token.encode())


class _Conversation:
    """One tab. Of the solves that arrive while one is running only the newest is kept: the others are out of date."""

    def __init__(self, websocket: WebSocket, opened: Opened, pool: ThreadPoolExecutor) -> None:
        self.websocket, self.opened, self.pool = websocket, opened, pool
        self.session: Session | None = None
        self.waiting: dict[str, Mapping[str, Any]] = {}
        self.arrived = asyncio.Event()

    async def run(self) -> None:
        """Listen and answer until the tab is closed."""
        answering = asyncio.create_task(self._answer())
        try:
            while True:
                await self._listen(await self.websocket.receive_bytes())
        except (WebSocketDisconnect, KeyError):  # KeyError: a text frame, which the lab's own page never sends
            pass
        finally:
            answering.cancel()

    async def _listen(self, received: bytes) -> None:
        from gradlab.lab import wire

        try:
            message = wire.unpack(received)
        except GradlabError as problem:
            refused: dict[str, Any] = {
                "type": "refused",
                "id": None,
                "key": problem.key,
                "values": {},
                "sentence": str(problem),
            }
            await self.websocket.send_bytes(wire.pack(refused))
            return
        self.waiting.pop(message["type"], None)
        self.waiting[message["type"]] = message
        self.arrived.set()

    async def _answer(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self.arrived.wait()
            if not self.waiting:
                self.arrived.clear()
                continue
            message = self.waiting.pop(next(iter(self.waiting)))
            for packed in await loop.run_in_executor(self.pool, self._handled, message):
                await self.websocket.send_bytes(packed)

    def _handled(self, message: Mapping[str, Any]) -> list[bytes]:
        from gradlab.lab import wire

        if self.session is None:
            import torch

            torch.set_num_threads(
                1
            )  # in this process only: runs of the lab are small, more threads wait for each other
            self.session = self.opened()
        return [wire.pack(header, arrays) for header, arrays in self.session.handle(message)]


def free_port(asked: int | None) -> int:
    """The port asked for, or 8765, or the next one that is free.

    Raises OptionError for a number that is no port.
    """
    first = 8765 if asked is None else asked
    if not 0 <= first < 65536:
        raise OptionError("lab.port", port=first)
    for port in [*range(first, min(first + 50, 65536)), 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OptionError("lab.no_port", port=first)


def serve(opened: Opened, port: int, token: str, ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `ready(url)` is called as soon as the page can be fetched."""
    import uvicorn

    settings = {"host": "127.0.0.1", "port": port, "log_level": "warning", "ws_per_message_deflate": False}
    server = uvicorn.Server(
        uvicorn.Config(make_app(opened, token, port), **settings, ws_max_size=2**21, timeout_graceful_shutdown=1)  # type: ignore[arg-type]  # **settings has values of several types
    )
    asyncio.run(_until_ended(server, lambda: ready(f"http://127.0.0.1:{port}/?token={token}")))


async def _until_ended(server: Any, ready: Callable[[], None]) -> None:
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    ready()
    await serving
