# The image of server, worker and MLflow. Build: docker build -t vitrion .
#
# BASE names one release of Python by its tag. A tag can be moved and a digest cannot, but the digest could not be looked
# up where this file was written. Look it up once, and build with it (docs/deployment.md, "Images by digest"):
#   docker build --build-arg BASE=python:3.11.14-slim-bookworm@sha256:... -t vitrion .
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS build
COPY requirements/serve.lock requirements/build.lock /app/
RUN python -m venv /opt/vitrion \
    && /opt/vitrion/bin/python -m pip install --no-cache-dir --require-hashes --requirement /app/serve.lock \
    && python -m pip install --no-cache-dir --require-hashes --requirement /app/build.lock
COPY . /source
RUN python -m pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels /source \
    && /opt/vitrion/bin/python -m pip install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM ${BASE}
RUN useradd --no-create-home --home-dir /tmp --shell /usr/sbin/nologin --uid 10001 vitrion \
    && mkdir --mode 700 /data /mlflow && chown vitrion:vitrion /data /mlflow
COPY --from=build /opt/vitrion /opt/vitrion
USER vitrion
ENV PATH=/opt/vitrion/bin:$PATH VITRION_HOME=/data HOME=/tmp OMP_NUM_THREADS=1 VITRION_LOG_LEVEL=info \
    PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["vitrion"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
