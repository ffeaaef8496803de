"""Django's database backend for PostgreSQL, for a service that must notice quickly that its database is away, and is back."""
