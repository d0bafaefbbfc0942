"""Clients that dribble cannot keep others out: requests have to arrive in time, and whoever is slowest gives way.

waitress by itself waits for the rest of a request as long as a byte comes now and then, and takes
no further connection once a hundred are open.
"""

import copy
import resource
import time
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import MultiSocketServer, TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import RequestEntityTooLarge

from kesu.webui import body_limits

HEADERS_WITHIN = 20  # seconds in which a request has to say what it wants
SLOWEST = 1000  # bytes a second at which a body has to come, beyond those first seconds
IDLE_WITHIN = 60  # seconds in which a kept connection has to ask again
CONNECTIONS = 1000
FEWEST = 60  # connections even where the system lets a process open few files
OTHER_FILES = 200  # file descriptors for the database, logs and bodies on their way
YOUNG = 2  # seconds in which a connection has no speed yet
MOST_HEADERS = 64 * 1024  # bytes
TOO_LARGE = (
    "What you sent is larger than the {most} bytes that are allowed here. Send less, or smaller "
    "files. 您发送的内容超过此处允许的 {most} 字节，请减少内容或缩小文件。"
)


class Request(HTTPRequestParser):
    """A request on its way in, which knows since when and how large it may be."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.begun = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; from then on the limit of its address holds for the body."""
        super().parse_header(header_plus)
        self.adj = copy.copy(self.adj)
        allowed = body_limits.most(self.path, self.adj.max_request_body_size)
        self.adj.max_request_body_size = allowed + 1  # waitress refuses from there on

    def received(self, data: bytes) -> int:
        """Take what came; a body that is too large is refused with a sentence."""
        taken: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            most = self.adj.max_request_body_size - 1
            self.error = RequestEntityTooLarge(TOO_LARGE.format(most=most))
        return taken

    def is_late(self, now: float) -> bool:
        """Say whether more of it should have come by now."""
        earned = self.body_bytes_received / SLOWEST if self.headers_finished else 0
        return now - self.begun > HEADERS_WITHIN + earned


class Channel(HTTPChannel):
    """A connection, with how fast it is at telling what it wants."""

    parser_class = Request

    def is_late(self, now: float) -> bool:
        """Say whether the request that is coming in is late."""
        coming = self.request
        return coming is not None and coming.is_late(now)

    def speed(self, now: float) -> float:
        """Return the bytes a second of the request that is coming in; unbounded where one is being answered."""
        coming = self.request
        if self.requests or self.will_close:
            return float("inf")
        if coming is None:
            age = now - time.monotonic() + time.time() - self.last_activity
            return float("inf") if age < YOUNG else 1 / age
        received: float = coming.header_bytes_received + coming.body_bytes_received
        return float("inf") if now - coming.begun < YOUNG else received / (now - coming.begun)


class Server(TcpWSGIServer):
    """waitress, which closes what is late, and makes room by closing what is slowest."""

    channel_class = Channel

    def readable(self) -> bool:
        """Say whether another connection may be taken; makes room for one."""
        if len(self._map) >= self.adj.connection_limit - self._spare():
            self._make_room(time.monotonic())
        return bool(super().readable())

    def maintenance(self, now: float) -> None:
        """Close connections that are idle for long, or whose request is late."""
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_late(time.monotonic()):
                channel.will_close = True

    def _spare(self) -> int:
        return max(4, int(self.adj.connection_limit) // 20)

    def _make_room(self, now: float) -> None:
        closing = sum(channel.will_close for channel in self.active_channels.values())
        wanted = len(self._map) - self.adj.connection_limit + self._spare() + 1 - closing
        slowest = sorted(self.active_channels.values(), key=lambda channel: channel.speed(now))
        for channel in slowest[: max(0, wanted)]:
            if channel.speed(now) < float("inf"):
                channel.will_close = True


def server(app: Any, *, most_of_files: int, **settings: Any) -> Server | MultiSocketServer:
    """Return the server in front of an application, bound and not yet running."""
    adjusted = Adjustments(
        ident="Kesu",
        connection_limit=_connections(),
        channel_timeout=IDLE_WITHIN,
        cleanup_interval=1,
        asyncore_use_poll=True,  # select() knows no file above the 1024th
        max_request_header_size=MOST_HEADERS,
        max_request_body_size=most_of_files,
        outbuf_high_watermark=2 * most_of_files,  # a slow reader never keeps a thread waiting
        **settings,
    )
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(adjusted.threads)
    bound: dict[int, Any] = {}
    servers = [
        Server(app, map=bound, dispatcher=dispatcher, adj=adjusted, sockinfo=place)
        for place in adjusted.listen  # a name such as localhost has two: IPv4 and IPv6
    ]
    if len(servers) == 1:
        return servers[0]
    places = [(each.effective_host, each.effective_port) for each in servers]
    return MultiSocketServer(bound, adjusted, places, dispatcher, servers[0].log_info)


def _connections() -> int:
    """Return how many connections the system lets this process have beside its files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wished = CONNECTIONS + OTHER_FILES
    if 0 <= soft < wished:
        soft = wished if hard < 0 else min(wished, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return CONNECTIONS if soft < 0 else max(FEWEST, min(CONNECTIONS, soft - OTHER_FILES))
