"""Closing a socket with a code that its client can read."""

from channels.generic.websocket import AsyncWebsocketConsumer

from notifier.wire import CloseCode


async def close_with(consumer: AsyncWebsocketConsumer, code: CloseCode) -> None:
    await consumer.close(int(code), code.reason)  # daphne takes an int and nothing derived from it


class NoSuchSocket(AsyncWebsocketConsumer):
    """Any other address: accepted and closed, so that a browser can read why."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        await close_with(self, CloseCode.NOT_FOUND)
