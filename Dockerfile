# The image of server and worker. Build: docker build -t vitrion .
FROM python:3.11-slim

COPY requirements.lock pyproject.toml README.md LICENSE /app/
RUN python -m pip install --no-cache-dir --require-hashes --requirement /app/requirements.lock

COPY . /app
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation /app \
    && useradd --create-home --uid 10001 vitrion \
    && mkdir /data && chown vitrion /data

USER vitrion
ENV VITRION_HOME=/data OMP_NUM_THREADS=1 VITRION_LOG_LEVEL=info
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["vitrion"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
