"""Real parts for tests: PostgreSQL, Redis, servers, sockets. Each listens on a free port of the loopback interface,
keeps its files in a temporary folder, and is ended by its process id."""
