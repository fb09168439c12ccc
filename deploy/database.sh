#!/bin/sh
# Runs once, when PostgreSQL's data folder is new: the two roles with their passwords, and the database.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -f /roles.sql
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
ALTER ROLE cmr_owner PASSWORD :'owner';
ALTER ROLE cmr_app PASSWORD :'app';
CREATE DATABASE clearmyrecord OWNER cmr_owner;
SQL
