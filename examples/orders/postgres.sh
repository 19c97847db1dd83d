#!/bin/sh
# What the task asks of PostgreSQL, which Debian keeps off PATH:
#   prepare SCRATCH SCHEMA   a cluster with the schema's tables in it
#   serve SCRATCH PORT       in the foreground, with statements counted
#   ready PORT               whether it takes connections
#   statements PORT          how many statements on orders it has run
set -eu
for folder in /usr/lib/postgresql/*/bin; do PATH="$folder:$PATH"; done

serve() {
  exec postgres -D "$1/db" -p "$2" -k "$1" -c listen_addresses="$3" -c fsync=off -c max_connections=60 \
    -c shared_preload_libraries=pg_stat_statements -c autovacuum=off
}

ask() {
  psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --username postgres "$@" postgres
}

case "$1" in
  prepare)
    initdb -D "$2/db" --auth trust --username postgres --no-sync >/dev/null
    (serve "$2" 5432 '' >/dev/null 2>&1) &
    until pg_isready --quiet --host "$2"; do sleep 0.05; done
    ask --host "$2" --file "$3"
    pg_ctl stop -D "$2/db" --silent --mode fast
    wait
    ;;
  serve) serve "$2" "$3" 127.0.0.1 ;;
  ready) pg_isready --quiet --host 127.0.0.1 --port "$2" ;;
  statements)
    ask --host 127.0.0.1 --port "$2" \
      --command "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE query ~* '(from|into) orders'"
    ;;
esac
