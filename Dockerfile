# Notifier in a container. How to run it, small or scaled out: deploy/README.md.

FROM docker.io/library/python:3.11-slim AS build

# Wheels alone, each with a hash that the lock file names: no compiler, and nothing but what was tested.
COPY requirements/runtime.lock /tmp/
RUN python -m venv --without-pip /opt/python \
 && pip --python /opt/python/bin/python install --no-cache-dir --no-compile \
      --only-binary :all: --require-hashes -r /tmp/runtime.lock

WORKDIR /app
COPY manage.py ./
COPY clients/js/dist clients/js/dist
COPY notifier notifier
COPY api api
COPY consumers consumers
COPY routing routing
COPY ops ops
COPY demo demo
# Bytecode now, since the service cannot write it. It holds whatever a builder does to the times of files.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash -x '/tests?/' /opt/python/lib /app


FROM docker.io/library/python:3.11-slim

# The base image comes without bytecode for Python itself, which then compiles it at every start and health check.
RUN groupadd --gid 10001 notifier \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin notifier \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data \
 && python -m compileall -q -j 0 --invalidation-mode unchecked-hash \
      -x '/(ensurepip|idlelib|lib2to3|site-packages|test|tkinter|turtledemo)/' \
      "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')"

COPY --from=build /opt/python /opt/python
COPY --from=build /app /app

ENV PATH=/opt/python/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NOTIFIER_DATA_DIR=/data

WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# Asked directly, whatever proxy the environment names.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "from urllib.request import ProxyHandler, build_opener; build_opener(ProxyHandler({})).open('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000", "--server", "uvicorn"]
