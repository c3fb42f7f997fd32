"""The fake Discord's gateway: sessions that outlive their sockets, and what is said over them.

Opcodes, close codes and the order of things: Discord docs, events/gateway and topics/opcodes-and-status-codes.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.fakes.discord_errors import Json
from tests.fakes.discord_permissions import Permission
from tests.fakes.discord_places import Chan, Guild
from tests.fakes.discord_records import Intent
from tests.fakes.discord_world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
KNOWN_INTENTS = 0b11_0011_0001_1111_1111_1111_1111  # events/gateway, list of intents
SENDS, SENDS_SECONDS = 120, 60.0  # events/gateway, rate limiting
PAYLOAD = 4096  # events/gateway, sending events
KEPT = 20_000
"""Events that a session keeps for a RESUME."""


@dataclass(eq=False)
class Session:
    """What a client identified for. It goes on while its socket is away, until it is invalidated."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    log: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=KEPT))
    socket: "Socket | None" = None
    left_at: float | None = None

    def hears(self, guild: Guild | None) -> bool:
        """Whether its shard is the one for a guild; without one, for the first (events/gateway, sharding)."""
        number, count = self.shard
        return ((guild.id >> 22) % count if guild else 0) == number

    def send(self, event: str, data: Json) -> None:
        """Number an event, keep it, and send it if somebody listens."""
        self.seq += 1
        text = json.dumps({"op": DISPATCH, "t": event, "s": self.seq, "d": data})
        self.log.append((self.seq, text))
        if self.socket is not None:
            self.socket.out.put_nowait(text)


@dataclass(eq=False)
class Socket:
    """One connection, with what is still to be written to it; None at its end closes it."""

    ws: web.WebSocketResponse
    request: web.Request
    out: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    session: Session | None = None
    code: int = 1000

    def say(self, op: int, data: object = None) -> None:
        """Send something that is no event."""
        self.out.put_nowait(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int) -> None:
        """Close it once all is written."""
        self.code = code
        self.out.put_nowait(None)

    async def write(self) -> None:
        """Write what is queued, until it is closed."""
        while (text := await self.out.get()) is not None:
            await self.ws.send_str(text)
        await self.ws.close(code=self.code)


@dataclass(eq=False)
class Gateway:
    """Sessions and sockets. ``clock`` gives seconds; ``token`` the one that is valid now."""

    world: World
    clock: Callable[[], float]
    token: str
    url: str = ""
    shards: int = 1
    heartbeat: float = 41.25
    """Seconds between heartbeats; a client that is silent for one and a half of them is cut off."""
    privileged: int = 0
    """Privileged intents that the application was given."""
    identify_limit: int = 1000
    """IDENTIFYs in 24 hours; one more resets the token and ends all sessions (events/gateway)."""
    identify_seconds: float | None = None
    """Between two IDENTIFYs (max_concurrency 1 is 5 s); None lets a test restart its bot at once."""
    resume_seconds: float | None = None
    """How long a session waits for its RESUME; Discord tells no number. None is for ever."""
    sessions: dict[str, Session] = field(default_factory=dict)
    sockets: list[Socket] = field(default_factory=list)
    identifies: int = 0
    resumes: int = 0
    refusing: int = 0
    changed: Callable[[], None] = lambda: None
    _last: tuple[str, Json, int, Guild | None, Chan | None] | None = None
    _identified: deque[float] = field(default_factory=deque)

    @property
    def connected(self) -> list[Session]:
        """The sessions that somebody listens to."""
        return [session for session in self.sessions.values() if session.socket is not None]

    @property
    def identifies_left(self) -> int:
        """Before the token is reset."""
        while self._identified and self._identified[0] <= self.clock() - 86_400:
            self._identified.popleft()
        return self.identify_limit - len(self._identified)

    def send(
        self, event: str, data: Json, intent: int, guild: Guild | None = None, place: Chan | None = None
    ) -> None:
        """Tell all sessions that asked for it and may see the channel."""
        if guild is not None and guild.out and event != "GUILD_DELETE":
            return
        if place is not None and not place.permissions(self.world.bot_id) & Permission.VIEW_CHANNEL:
            return
        self._last = (event, data, intent, guild, place)
        for session in self.sessions.values():
            if (not intent or session.intents & intent) and session.hears(guild):
                session.send(event, data)

    def repeat(self) -> None:
        """Tell the last event again."""
        if self._last is not None:
            self.send(*self._last)

    def drop(self, code: int | None = None, *, resumable: bool = True) -> None:
        """Cut all connections: with a close code, or with none as a network does."""
        for socket in list(self.sockets):
            if not resumable and socket.session:
                self.sessions.pop(socket.session.id, None)
            if code is not None:
                socket.close(code)
            elif socket.request.transport is not None:
                socket.request.transport.abort()

    def reconnect(self) -> None:
        """Ask all clients to reconnect and resume (opcode 7)."""
        for socket in self.sockets:
            socket.say(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """End all sessions (opcode 9), or have them resumed."""
        for socket in self.sockets:
            if socket.session and not resumable:
                self.sessions.pop(socket.session.id, None)
            socket.say(INVALID, resumable)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection from HELLO to its end."""
        if self.refusing > 0:
            self.refusing -= 1
            return web.Response(status=503)
        ws = web.WebSocketResponse(max_msg_size=1 << 20)
        await ws.prepare(request)
        socket = Socket(ws, request)
        self.sockets.append(socket)
        writer = asyncio.create_task(socket.write())
        socket.say(HELLO, {"heartbeat_interval": int(self.heartbeat * 1000)})
        sent: deque[float] = deque()
        try:
            while not ws.closed:
                message = await ws.receive(timeout=self.heartbeat * 1.5)
                if message.type is not WSMsgType.TEXT:
                    break
                now = self.clock()
                while sent and sent[0] <= now - SENDS_SECONDS:
                    sent.popleft()
                sent.append(now)
                code = self._received(socket, message.data) if len(sent) <= SENDS else 4008
                if code is not None:
                    socket.close(code)
        except TimeoutError:
            socket.close(4009)
            await writer
        except ConnectionError:
            pass
        finally:
            writer.cancel()
            self._left(socket)
        return ws

    def _left(self, socket: Socket) -> None:
        self.sockets.remove(socket)
        session = socket.session
        if session is not None and session.socket is socket:
            session.socket = None
            session.left_at = self.clock()
            # events/gateway, disconnecting: a client that closes with 1000 or 1001 ends its session.
            if socket.ws.close_code in (1000, 1001) and socket.code == 1000:
                self.sessions.pop(session.id, None)
        self.changed()

    def _received(self, socket: Socket, text: str) -> int | None:
        """Act on what a client says; gives the code to close with, if that was wrong."""
        if len(text.encode()) > PAYLOAD:
            return 4002
        try:
            said = json.loads(text)
            op, data = int(said["op"]), said["d"]
        except (ValueError, KeyError, TypeError):
            return 4002
        if op == HEARTBEAT:
            socket.say(ACK)
            return None
        if op == IDENTIFY:
            return 4005 if socket.session else self._identify(socket, data)
        if op == RESUME:
            return 4005 if socket.session else self._resume(socket, data)
        if socket.session is None:
            return 4003
        return None if op in (3, 4, 8, 31, 43) else 4001

    def _identify(self, socket: Socket, data: Json) -> int | None:
        if data.get("token") != self.token:
            return 4004
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            return 4013
        if intents & PRIVILEGED & ~self.privileged:
            return 4014
        shard = tuple(data.get("shard") or (0, 1))
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            return 4010
        now = self.clock()
        last = self._identified[-1] if self._identified else None
        if self.identifies_left <= 0:
            self.token = secrets.token_hex(16)
            self.sessions.clear()
            for other in self.sockets:
                other.close(4004)
            return None
        self.identifies += 1
        self._identified.append(now)
        if self.identify_seconds is not None and last is not None and now - last < self.identify_seconds:
            socket.say(INVALID, False)
            return None
        session = Session(secrets.token_hex(16), intents, (shard[0], shard[1]), socket=socket)
        socket.session = session
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if session.hears(guild)]
        ready = {
            "v": 10,
            "user": self.world.users[self.world.bot_id].payload() | {"verified": True, "mfa_enabled": True},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(shard),
            "application": {"id": str(self.world.application_id), "flags": 0},
        }
        session.send("READY", ready)
        for guild in guilds:
            if not guild.out and session.intents & Intent.GUILDS:
                session.send("GUILD_CREATE", guild.payload() | {"unavailable": False})
        self.changed()
        return None

    def _resume(self, socket: Socket, data: Json) -> int | None:
        if data.get("token") != self.token:
            return 4004
        session = self.sessions.get(str(data.get("session_id")))
        seq = data.get("seq")
        if session is not None and isinstance(seq, int) and seq > session.seq:
            return 4007
        if session is None or not isinstance(seq, int) or self._too_late(session, seq):
            socket.say(INVALID, False)
            return None
        self.resumes += 1
        socket.session = session
        session.socket = socket
        for number, text in session.log:
            if number > seq:
                socket.out.put_nowait(text)
        session.send("RESUMED", {"_trace": []})
        self.changed()
        return None

    def _too_late(self, session: Session, seq: int) -> bool:
        away = 0.0 if session.left_at is None else self.clock() - session.left_at
        lost = bool(session.log) and session.log[0][0] > seq + 1
        return lost or (
            self.resume_seconds is not None and session.socket is None and away > self.resume_seconds
        )
