# Two stages: the first installs what the service runs on, by hash, and compiles the catalogs of
# sentences; the second holds the result and nothing else. Keys come from outside, at run time, and so do
# the addresses of database and counts: as it stands here, in production, it does not start without them.

FROM python:3.11-slim AS build
WORKDIR /app
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN pip install --no-deps --no-index --no-build-isolation --config-settings editable_mode=compat -e . \
    && find service/translations -name '*.po' -exec sh -c \
        'pybabel --quiet compile --input-file="$1" --output-file="${1%.po}.mo"' _ {} \;

FROM python:3.11-slim
# What PDFs are made with: Pango, and fonts with the letters and shapes of both languages.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-liberation \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home openvob \
    && install --directory --owner=openvob --mode=0700 /var/lib/openvob
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OPENVOB_ENVIRONMENT=production \
    OPENVOB_HOST=0.0.0.0 \
    OPENVOB_WORKERS=2 \
    OPENVOB_THREADS=32 \
    OPENVOB_INSTANCE_PATH=/var/lib/openvob
USER openvob
VOLUME /var/lib/openvob
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
# Whoever stops it gives it 45 seconds for what it has taken: docker stop --time 50.
STOPSIGNAL SIGTERM
CMD ["vob", "serve"]
