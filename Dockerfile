# One image for web, worker and scheduler; docker-compose.yml says which command it runs.
FROM node:24-slim AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements/server.lock requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements/server.lock
COPY . .
COPY --from=browser /app/node_modules/@uswds/uswds/dist node_modules/@uswds/uswds/dist
ENV VAR_DIR=/data PYTHONUNBUFFERED=1
RUN useradd --system --uid 1000 app && mkdir -p /data/files && python -m onemachine.assets && rm -rf node_modules && chown -R app /data
USER app
VOLUME /data/files
CMD ["gunicorn", "clearmyrecord.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--timeout", "300"]
