# One image for web, worker, beat and the one-shot migration; docker-compose.yml says which is which.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    DATA_DIR=/data

RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt

COPY . .
RUN useradd --system --uid 10001 --home-dir /data --no-create-home navigator \
    && mkdir /data \
    && python -m tools.messages \
    && DJANGO_SECRET_KEY=only-for-this-step python manage.py collectstatic --no-input --verbosity 0 --ignore 'redoc*' \
    && chown -R navigator /data

USER navigator
VOLUME /data/media
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "3", "--threads", "4", "--timeout", "60", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
