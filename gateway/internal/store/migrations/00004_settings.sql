-- +goose Up
-- Settings that are edited in the admin's screen. What orderbell.yaml declares is never here. A revision
-- is raised with every change; who saves names the one that was read.

-- One row for each document: "notifications", "restaurants". The documents are JSON in the keys of
-- orderbell.yaml; secrets in them are sealed.
CREATE TABLE setting (
  name       TEXT PRIMARY KEY,
  doc        BYTEA NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);

-- settings is sealed as a whole: which of them are secret only the provider's program knows.
CREATE TABLE account (
  name       TEXT PRIMARY KEY,
  provider   TEXT NOT NULL,
  settings   BYTEA NOT NULL,
  limits     BYTEA NOT NULL,
  revision   BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);
