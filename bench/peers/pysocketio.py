"""Notifications with python-socketio and its Redis manager: `uvicorn bench.peers.pysocketio:application`."""

import json
import os
from typing import Any

import socketio

manager = socketio.AsyncRedisManager(os.environ["REDIS_URL"])
sio = socketio.AsyncServer(async_mode="asgi", client_manager=manager, transports=["websocket"])


@sio.event  # type: ignore[untyped-decorator]
async def connect(sid: str, environ: dict[str, Any]) -> None:
    user = environ["QUERY_STRING"].rpartition("user=")[2]
    await sio.enter_room(sid, f"user:{user}")


async def publish(scope: dict[str, Any], receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    notification = json.loads(body)
    users = notification.pop("users", None)
    await sio.emit("notification", notification, to=[f"user:{user}" for user in users] if users else None)
    answer = b'{"status":"sent"}'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


application = socketio.ASGIApp(sio, other_asgi_app=publish)
