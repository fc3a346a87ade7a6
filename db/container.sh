#!/bin/sh
# Runs PostgreSQL in its container: creates the database "ivr" at the first start, then serves it on
# loopback. The role "ivr" has the password POSTGRES_PASSWORD; PGPORT is the port.
set -eu
home=/var/lib/postgresql/ivr
if [ ! -d "$home/data" ]; then
    rm -rf "$home/fresh"
    umask 077
    if [ "${#POSTGRES_PASSWORD}" -lt 32 ]; then
        echo "POSTGRES_PASSWORD is too short: make one with openssl rand -hex 32" >&2
        exit 1
    fi
    printf '%s\n' "${POSTGRES_PASSWORD:?is not set}" >/tmp/password
    initdb --pgdata="$home/fresh" --username=ivr --pwfile=/tmp/password --encoding=UTF8 \
        --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 --data-checksums
    rm /tmp/password
    echo 'CREATE DATABASE ivr' | postgres --single -D "$home/fresh" postgres
    mv "$home/fresh" "$home/data"
fi
exec postgres -D "$home/data" -c listen_addresses=127.0.0.1 -c "port=$PGPORT" -c max_connections=200 \
    -c unix_socket_directories=/var/run/postgresql
