-- +goose Up
-- What stood in rule files, so that a former version can be looked at and restored. Rows are only ever
-- added; a version that is saved again has another row.
CREATE TABLE rule_version (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  version    TEXT NOT NULL,
  source     TEXT NOT NULL,
  cases      TEXT NOT NULL,
  saved_at   BIGINT NOT NULL,
  saved_by   TEXT NOT NULL
);
CREATE INDEX rule_version_name ON rule_version (name, id);

-- Rule files that a person switched off. The file stays where it is.
CREATE TABLE rule_off (
  name   TEXT PRIMARY KEY,
  off_at BIGINT NOT NULL,
  off_by TEXT NOT NULL
);
