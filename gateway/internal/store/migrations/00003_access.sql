-- +goose Up
-- Who may come in. Of secrets that come back with each call only hashes are here: of sessions, known
-- devices and recovery codes. The second factor's secret must be read again, so it is sealed.
CREATE TABLE users (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  name_key    TEXT NOT NULL UNIQUE,
  role        TEXT NOT NULL,
  language    TEXT NOT NULL,
  password    TEXT NOT NULL,
  totp        TEXT NOT NULL,
  new_totp    TEXT NOT NULL,
  totp_step   BIGINT NOT NULL,
  revision    BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  password_at BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL
);

CREATE TABLE recovery_code (
  user_id TEXT NOT NULL REFERENCES users (id),
  hash    TEXT NOT NULL,
  PRIMARY KEY (user_id, hash)
);

CREATE TABLE session (
  id           TEXT PRIMARY KEY,
  hash         TEXT NOT NULL UNIQUE,
  user_id      TEXT NOT NULL REFERENCES users (id),
  address      TEXT NOT NULL,
  agent        TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  seen_at      BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL
);
CREATE INDEX session_user ON session (user_id);

CREATE TABLE known_device (
  hash    TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  seen_at BIGINT NOT NULL
);
CREATE INDEX known_device_user ON known_device (user_id);

-- Sign-ins that are under way or failed, for as long as they count. A restart must not forget them.
CREATE TABLE login_try (
  id      TEXT NOT NULL,
  subject TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id, subject)
);
CREATE INDEX login_try_subject ON login_try (subject, at);
CREATE INDEX login_try_at ON login_try (at);

-- Rows are only ever added; retention takes them away from the beginning. Where the log begins and
-- ends is in state.
CREATE TABLE audit (
  n          BIGINT PRIMARY KEY,
  at         BIGINT NOT NULL,
  kind       TEXT NOT NULL,
  actor_id   TEXT NOT NULL,
  actor      TEXT NOT NULL,
  session    TEXT NOT NULL,
  address    TEXT NOT NULL,
  agent      TEXT NOT NULL,
  request_id TEXT NOT NULL,
  action     TEXT NOT NULL,
  object     TEXT NOT NULL,
  outcome    TEXT NOT NULL,
  detail     TEXT NOT NULL,
  prev       TEXT NOT NULL,
  hash       TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor_id, n);
CREATE INDEX audit_object ON audit (object, n);
CREATE INDEX audit_at ON audit (at);

ALTER TABLE api_key ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
