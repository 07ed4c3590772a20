#!/bin/sh
# Makes the role that the service connects with, or gives it another password. It owns nothing:
# `vob db upgrade --grant-to` says what it may do. The image of PostgreSQL runs this on an empty database.
set -eu

psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
\getenv role APPLICATION_ROLE
\getenv password APPLICATION_PASSWORD
SELECT format('CREATE ROLE %I', :'role')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
SQL
