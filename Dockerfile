# Two stages: the first installs the locked requirements, the second holds only what runs.
# scripts/image_steps.py runs these steps without a container engine.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/almanac
COPY requirements.txt /tmp/requirements.txt
# Wheels only: nothing is compiled in the image, and no build tool has to be fetched.
RUN /opt/almanac/bin/python -m pip install --only-binary :all: --require-hashes -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /app --no-create-home almanac \
    && install --directory --owner almanac --group almanac /data
# Names of people and sites come in every script. Of the 137 MB that these packages unpack pictures use only the upright
# sans faces of regular weight: the others go in the same step, and 40 MB stay in the layer.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk fonts-noto-core fonts-symbola \
    && find /usr/share/fonts -type f ! -name 'NotoSans*-Regular.tt[cf]' ! -name 'Symbola*' -delete \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/almanac /opt/almanac
WORKDIR /app
COPY pyproject.toml app.yml LICENSE ./
COPY analytics/ analytics/
COPY bot/ bot/
COPY dashboard/ dashboard/
COPY github/ github/
COPY handlers/ handlers/
COPY reports/ reports/
COPY sandbox/ sandbox/
COPY scheduler/ scheduler/
COPY storage/ storage/
# Compiled once here: the running user cannot write to /app, and would compile at every start.
RUN /opt/almanac/bin/python -m compileall -q .
# matplotlib keeps a list of fonts; the running user has no other place to write it to.
ENV PATH=/opt/almanac/bin:$PATH PYTHONUNBUFFERED=1 MPLCONFIGDIR=/tmp/matplotlib DATA_DIR=/data HOST=0.0.0.0 PORT=8080
USER almanac
VOLUME /data
EXPOSE 8080
# SIGTERM lets what is under way finish; CMD is in exec form, so that the signal reaches Python.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["python", "-m", "bot", "serve"]
