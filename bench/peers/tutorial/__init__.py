"""Notifications with Channels and Django REST framework, as their documentation teaches it."""
