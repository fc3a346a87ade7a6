# The images of the parts; docker-compose.yml puts them together.
# All packages come from the sources of the base images, Python's from where their pip looks.
ARG BASE=debian:bookworm-slim
# Debian 12 has no Asterisk: this needs a release that has version 22.
ARG ASTERISK_BASE=debian:unstable-slim

# RHVoice's library and the loader and libraries that it needs, which are newer than those of BASE.
FROM ${ASTERISK_BASE} AS rhvoice
RUN mkdir /tree && cd /tmp \
 && { sed -i 's/^Components:.*/Components: main non-free/' /etc/apt/sources.list.d/debian.sources \
   && apt-get update && apt-get download librhvoice5 librhvoice-core10 libsonic0 \
   && for each in *.deb; do dpkg-deb -x "$each" /tree; done \
   && folder=/tree/usr/lib/$(uname -m)-linux-gnu && cd /usr/lib/$(uname -m)-linux-gnu \
   && cp -L ld-linux*.so.* libc.so.6 libm.so.6 libstdc++.so.6 libgcc_s.so.1 "$folder/" \
   || rm -rf /tree/*; } # without it espeak-ng speaks

FROM ${BASE} AS line
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        espeak-ng python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/ivr
COPY requirements.lock ./
RUN python3 -m venv .venv \
 && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        --only-binary :all: --no-binary pyst2,asterisk-ami -r requirements.lock
COPY setup.sh requirements-voices.lock requirements-node.lock ./
COPY --from=rhvoice /tree /opt/runtime
COPY ivr/web/desk ivr/web/desk
RUN IVR_RUNTIME=/opt/runtime ./setup.sh voices \
 && XDG_CACHE_HOME=/opt/cache ./setup.sh web && rm setup.sh
ENV IVR_RUNTIME=/opt/runtime
COPY ivr ivr
COPY dialplans dialplans
COPY prompts prompts
COPY db db
COPY db/healthy.py /usr/local/bin/healthy
# Every part has the same user: what one writes is closed to all others. Folders that become volumes
# are made here, as a new volume takes its owner from them.
RUN printf '#!/opt/ivr/.venv/bin/python\nfrom ivr.__main__ import main\n\nmain()\n' >.venv/bin/ivr \
 && chmod 755 .venv/bin/ivr \
 && .venv/bin/python -m compileall -q ivr \
 && useradd --uid 890 --user-group --home-dir /var/lib/ivr ivr \
 && cd /var/lib && install -d -o ivr -g ivr -m 700 ivr ivr/asterisk ivr/asterisk/system \
        ivr/admission ivr/audio ivr/fax
ENV PATH=/opt/ivr/.venv/bin:$PATH PYTHONPATH=/opt/ivr IVR_HOME=/var/lib/ivr
USER ivr
VOLUME /var/lib/ivr
CMD ["ivr", "line"]

FROM ${ASTERISK_BASE} AS asterisk
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        asterisk asterisk-core-sounds-en-gsm asterisk-core-sounds-ru-gsm asterisk-moh-opsound-gsm \
        python3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 890 --user-group --home-dir /var/lib/ivr ivr \
 && cd /var/lib && install -d -o ivr -g ivr -m 700 ivr ivr/asterisk ivr/asterisk/system \
        ivr/asterisk/var ivr/asterisk/var/keys ivr/admission ivr/audio ivr/fax ivr/logs ivr/spool \
        /run/asterisk
COPY ivr/telephony/confined.py /usr/local/lib/confined.py
USER ivr
# confined.py closes to others what Asterisk writes, as with the parts that are ours.
CMD ["python3", "-I", "-S", "/usr/local/lib/confined.py", \
     "/var/lib/ivr/asterisk/system/confined.conf", \
     "asterisk", "-f", "-C", "/var/lib/ivr/asterisk/system/asterisk.conf"]

FROM ${BASE} AS postgres
RUN apt-get update \
 && mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /usr/lib/postgresql/*/bin /opt/postgresql \
 && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/ivr \
 && chmod 1777 /run/postgresql # what is mounted there in memory takes the mode from here
ENV PATH=/opt/postgresql:$PATH PGPORT=5432
COPY db/container.sh /usr/local/bin/serve
USER postgres
VOLUME /var/lib/postgresql/ivr
STOPSIGNAL SIGINT
CMD ["serve"]
