# syntax=docker/dockerfile:1
# Two targets: `docker build .` is for any processor, `docker build --target cuda .` for an NVIDIA GPU.
# docs/docker.md says how to use them; docker/try-without-docker runs these steps where there is no Docker.

ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/opt/venv/bin:$PATH
WORKDIR /app


# ---- the Python packages, apart from the code: a change of code installs nothing again

FROM base AS packages-cuda
COPY requirements.txt ./
# PyTorch's default build brings CUDA with it; the host adds only its driver.
RUN python -m venv /opt/venv \
 && pip install --no-cache-dir -r requirements.txt

FROM base AS packages-cpu
# Address of PyTorch's CPU wheels. Empty: the default build, which runs on a CPU too but is far larger.
ARG TORCH_INDEX=""
COPY requirements.txt ./
RUN python -m venv /opt/venv \
 && if [ -n "$TORCH_INDEX" ]; then \
      pip install --no-cache-dir --index-url "$TORCH_INDEX" "$(grep -o '^torch==[^ ]*' requirements.txt)"; \
    fi \
 && pip install --no-cache-dir -r requirements.txt


# ---- the app, without its packages: who runs it, where it keeps things, how it is asked for its health

FROM base AS app
# In the volume, weights are fetched once, at the first start. Anywhere else they are fetched now
# and are part of the image, which then starts without a network.
ARG WEIGHTS_DIR=/storage/weights
RUN useradd --uid 1000 --create-home studio \
 && install -d -o 1000 -g 1000 /storage "$WEIGHTS_DIR"
ENV HOME=/home/studio \
    SAMSTUDIO_HOST=0.0.0.0 \
    SAMSTUDIO_PORT=7860 \
    SAMSTUDIO_STORAGE=/storage \
    SAMSTUDIO_WEIGHTS_DIR=${WEIGHTS_DIR}
COPY app.py ./
COPY docker/healthcheck.py docker/
COPY samstudio samstudio/
USER 1000:1000
VOLUME /storage
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "/app/docker/healthcheck.py"]
# A container's first process does not die of SIGTERM by itself; Python ends in order at SIGINT.
STOPSIGNAL SIGINT
CMD ["python", "-m", "samstudio", "serve"]


# ---- the two images

FROM app AS cuda
ARG WEIGHTS_DIR=/storage/weights
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=packages-cuda /opt/venv /opt/venv
RUN case "$WEIGHTS_DIR" in /storage/*) ;; *) python -m samstudio weights ;; esac

FROM app AS cpu
ARG WEIGHTS_DIR=/storage/weights
COPY --from=packages-cpu /opt/venv /opt/venv
RUN case "$WEIGHTS_DIR" in /storage/*) ;; *) python -m samstudio weights ;; esac
