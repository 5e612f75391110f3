#!/bin/sh
# Run once by the image of PostgreSQL, on an empty volume: a user and a database for the board. The user owns that
# database and is nothing else in the server.
set -eu
psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -v password="$(cat "${BOARD_PASSWORD_FILE:-/run/secrets/database_password}")" \
    --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE opgavebord LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD :'password';
CREATE DATABASE opgavebord OWNER opgavebord ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE opgavebord FROM PUBLIC;
SQL
