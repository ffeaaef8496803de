"""The REST side: check the request, and send it to the group."""

from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class NotificationSerializer(serializers.Serializer[Any]):
    user = serializers.CharField(max_length=128, required=False)
    title = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=4000, allow_blank=True, default="")
    level = serializers.ChoiceField(choices=["info", "success", "warning", "error"], default="info")
    category = serializers.CharField(max_length=64, allow_blank=True, default="")
    url = serializers.URLField(required=False)
    data = serializers.DictField(default=dict)  # type: ignore[assignment]


class PublishView(APIView):
    def post(self, request: Request) -> Response:
        serializer = NotificationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        notification = dict(serializer.validated_data)
        user = notification.pop("user", None)
        group = f"user_{user}" if user else "everyone"
        channel_layer = get_channel_layer()
        async_to_sync(channel_layer.group_send)(group, {"type": "notification.message", "notification": notification})
        return Response({"status": "sent"}, status=201)
