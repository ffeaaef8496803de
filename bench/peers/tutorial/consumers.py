"""The WebSocket: one group for the user, one for everybody."""

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer


class NotificationConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        user = self.scope["user"]
        if user is None:
            await self.close()
            return
        self.groups_joined = [f"user_{user.pk}", "everyone"]
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        for group in getattr(self, "groups_joined", []):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def notification_message(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(event["notification"]))
