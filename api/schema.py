"""What the OpenAPI schema cannot find out by itself."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class _KeyScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.KeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "nk_<prefix>_<secret>"}


class _PersonScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.PersonAuthentication"
    name = "ConnectionToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
