FROM python:3.12-slim

# One list of Debian packages for this image and for Streamlit Community Cloud.
COPY packages.txt /tmp/packages.txt
RUN apt-get update \
    && xargs --arg-file=/tmp/packages.txt apt-get install --yes --no-install-recommends \
    && rm -rf /var/lib/apt/lists/*

# Apart from the code, so that a change of the code does not install TensorFlow again.
COPY requirements.txt /tmp/requirements.txt
RUN pip install --no-cache-dir --requirement /tmp/requirements.txt

# The app never writes to its own folder; models that it downloads go to the user's cache.
RUN useradd --create-home --uid 1000 lens \
    && install --directory --owner=lens /home/lens/.cache/polyglot-lens
WORKDIR /app
COPY .streamlit .streamlit
COPY models models
COPY components components
COPY pages pages
COPY app.py .
USER lens

# POLYGLOT_OFFLINE=1 keeps it from downloading models of TensorFlow Hub: the bundled ones need no network. Mount a volume
# at the cache folder to keep what was downloaded.
ENV POLYGLOT_OFFLINE=0 \
    TFHUB_CACHE_DIR=/home/lens/.cache/polyglot-lens \
    PYTHONUNBUFFERED=1

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", \
     "--server.address=0.0.0.0", "--server.port=8501", "--server.headless=true"]
