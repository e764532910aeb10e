"""A session on Janus's HTTP API for asyncio programs; standard library only."""

import asyncio
import itertools
import json
from collections.abc import Callable
from urllib.parse import urlsplit


class JanusError(RuntimeError):
    """Janus or one of its plugins refused a request."""


class JanusSession:
    """One long poll brings the events and wakes whoever waits for them."""

    def __init__(self, url: str):
        """url is that of the API, e.g. http://198.18.0.1:8088/janus"""
        parts = urlsplit(url)
        self._address = (parts.hostname, parts.port)
        self._path = parts.path
        self._transactions = (f"t{number}" for number in itertools.count(1))
        self._answers: dict[str, asyncio.Future] = {}
        self._listeners: dict[int, Callable[[dict], None]] = {}
        self._poll: asyncio.Task | None = None
        self.id = 0

    async def open(self) -> None:
        self.id = (await self._post({"janus": "create"}))["data"]["id"]
        self._path = f"{self._path}/{self.id}"
        self._poll = asyncio.create_task(self._listen())

    async def attach(self, plugin: str, opaque_id: str, listener: Callable[[dict], None] | None = None) -> int:
        """Returns the handle id; the listener gets the data of events that no message() waits for."""
        request = {"janus": "attach", "plugin": plugin, "opaque_id": opaque_id}
        handle = (await self._post(request))["data"]["id"]
        if listener:
            self._listeners[handle] = listener
        return handle

    async def message(self, handle: int, body: dict, jsep: dict | None = None) -> tuple[dict, dict | None]:
        """Returns plugin data and jsep of the event that answers the message."""
        transaction = next(self._transactions)
        answer = self._answers[transaction] = asyncio.get_running_loop().create_future()
        request = {"janus": "message", "transaction": transaction, "body": body}
        if jsep:
            request["jsep"] = jsep
        await self._post(request, f"/{handle}")
        event = await asyncio.wait_for(answer, 15)
        data = event["plugindata"]["data"]
        if "error" in data:
            raise JanusError(data["error"])
        return data, event.get("jsep")

    async def close(self) -> None:
        self._poll.cancel()
        await self._post({"janus": "destroy"})

    async def _listen(self) -> None:
        """Polls until Janus says that the session is gone."""
        while True:
            events = await self._request("GET", f"{self._path}?maxev=10", b"")
            for event in events if isinstance(events, list) else [events]:
                if event["janus"] in ("timeout", "error"):
                    return
                self._dispatch(event)

    def _dispatch(self, event: dict) -> None:
        answer = self._answers.pop(event.get("transaction", ""), None)
        listener = self._listeners.get(event.get("sender", 0))
        if answer:
            answer.set_result(event)
        elif event["janus"] == "event" and listener:
            listener(event["plugindata"]["data"])

    async def _post(self, request: dict, subpath: str = "") -> dict:
        body = {"transaction": next(self._transactions), **request}
        reply = await self._request("POST", self._path + subpath, json.dumps(body).encode())
        if reply["janus"] == "error":
            raise JanusError(reply["error"]["reason"])
        return reply

    async def _request(self, method: str, target: str, body: bytes):
        """One request on a connection of its own, so that a poll can be cancelled."""
        reader, writer = await asyncio.open_connection(*self._address)
        try:
            head = f"{method} {target} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            reply = await asyncio.wait_for(reader.read(), 60)
        finally:
            writer.close()
        return json.loads(reply.partition(b"\r\n\r\n")[2])
