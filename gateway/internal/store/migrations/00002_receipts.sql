-- +goose Up
-- What providers say later. A receipt without a message waits for one: a callback may overtake the
-- commit of the acceptance that it speaks of.
CREATE TABLE receipt (
  message_id    TEXT NOT NULL,
  id            TEXT NOT NULL,
  account       TEXT NOT NULL,
  provider_id   TEXT NOT NULL,
  status        TEXT NOT NULL,
  reason        TEXT NOT NULL,
  code          TEXT NOT NULL,
  happened_at   BIGINT NOT NULL,
  cost_units    BIGINT NOT NULL,
  cost_nanos    INTEGER NOT NULL,
  cost_currency TEXT NOT NULL,
  source        TEXT NOT NULL,
  heard_at      BIGINT NOT NULL,
  PRIMARY KEY (message_id, id)
);

CREATE TABLE callback (
  id          TEXT PRIMARY KEY,
  account     TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  method      TEXT NOT NULL,
  url         TEXT NOT NULL,
  query       TEXT NOT NULL,
  header      TEXT NOT NULL,
  body        BYTEA NOT NULL,
  remote_ip   TEXT NOT NULL,
  verdict     TEXT NOT NULL,
  note        TEXT NOT NULL
);
CREATE INDEX callback_account ON callback (account, verdict, id);

CREATE TABLE callback_address (
  account    TEXT PRIMARY KEY,
  token      TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX message_provider_id ON message (provider_id) WHERE provider_id <> '';
CREATE INDEX message_lookup ON message (account, next_at, id) WHERE status IN ('accepted', 'unknown');
