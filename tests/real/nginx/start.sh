#!/bin/sh
# nginx in the foreground: start.sh FILES PORT WORKERS [DIRECTIVES...]. All that it writes goes to a folder of its own.
set -eu
files="$1" port="$2" workers="$3"
shift 3
case "$*" in *ssl_certificate*) listen="$port ssl http2" ;; *) listen="$port" ;; esac
home="$(mktemp -d)"
cp -r "$files" "$home/files"
chmod -R a+rX "$home"
cat > "$home/nginx.conf" <<END
worker_processes $workers;
pid $home/pid;
error_log stderr;
daemon off;
events { worker_connections 4096; }
http {
  access_log off;
  types { text/plain txt; }
  client_body_temp_path $home/body;
  proxy_temp_path $home/proxy;
  fastcgi_temp_path $home/fastcgi;
  uwsgi_temp_path $home/uwsgi;
  scgi_temp_path $home/scgi;
  sendfile on;
  keepalive_requests 1000000000;
  server {
    listen 127.0.0.1:$listen;
    root $home/files;
    $*
  }
}
END
trap 'kill -QUIT "$pid" 2>/dev/null; wait "$pid"; rm -rf "$home"; exit 0' TERM INT
nginx -c "$home/nginx.conf" -e stderr &
pid=$!
wait "$pid"
