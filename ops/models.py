"""The permissions of operators. They belong to a model, as all of Django's do; it has no table."""

from django.db import models


class Dashboard(models.Model):
    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_dashboard", "May see the operations dashboard"),
            ("act", "May send tests, disconnect, block and show a banner"),
            ("manage", "May handle API keys, revoke tokens and drain servers"),
        ]
