-- +goose Up
-- Types are chosen so that SQLite and PostgreSQL both take this file: BYTEA has no affinity in
-- SQLite, times are microseconds UTC, truth is 0 or 1, identifiers are ULIDs as text.

CREATE TABLE event (
  id          TEXT PRIMARY KEY,
  restaurant  TEXT NOT NULL,
  source      TEXT NOT NULL,
  key_hash    TEXT NOT NULL,
  dated       INTEGER NOT NULL,
  status      TEXT NOT NULL,
  note        TEXT NOT NULL,
  tries       INTEGER NOT NULL,
  lease_until BIGINT NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX event_key ON event (key_hash, restaurant);
CREATE INDEX event_stored ON event (id) WHERE status = 'stored';

-- Bodies are apart so that they can be dropped after their retention without rewriting events.
CREATE TABLE event_body (
  event_id TEXT PRIMARY KEY,
  form     INTEGER NOT NULL,
  body     BYTEA NOT NULL
);

CREATE TABLE orders (
  id          TEXT PRIMARY KEY,
  restaurant  TEXT NOT NULL,
  guid        TEXT NOT NULL,
  visit       TEXT NOT NULL,
  ident       TEXT NOT NULL,
  number      TEXT NOT NULL,
  number_key  TEXT NOT NULL,
  stage       INTEGER NOT NULL,
  closed      INTEGER NOT NULL,
  contact_id  TEXT NOT NULL,
  contact_at  BIGINT NOT NULL,
  doc         BYTEA NOT NULL,
  first_seen  BIGINT NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE INDEX orders_number ON orders (number_key, restaurant);

-- Every name that an order is known by; the value is made in Go (see refs).
CREATE TABLE order_ref (
  ref      TEXT PRIMARY KEY,
  order_id TEXT NOT NULL
);

CREATE TABLE order_event (
  order_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (order_id, event_id)
);

CREATE TABLE contact (
  id         TEXT PRIMARY KEY,
  phone      TEXT NOT NULL UNIQUE,
  language   TEXT NOT NULL,
  suppressed TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE consent (
  contact_id     TEXT NOT NULL REFERENCES contact (id),
  id             TEXT NOT NULL,
  category       TEXT NOT NULL,
  given          INTEGER NOT NULL,
  given_at       BIGINT NOT NULL,
  purpose        TEXT NOT NULL,
  policy_version TEXT NOT NULL,
  source         TEXT NOT NULL,
  recorded_at    BIGINT NOT NULL,
  PRIMARY KEY (contact_id, id)
);

-- order_id is empty while the binding waits for its order.
CREATE TABLE binding (
  id          TEXT PRIMARY KEY,
  contact_id  TEXT NOT NULL REFERENCES contact (id),
  ref         TEXT NOT NULL,
  order_id    TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  valid_until BIGINT NOT NULL
);
CREATE INDEX binding_waiting ON binding (ref) WHERE order_id = '';
CREATE INDEX binding_vain ON binding (valid_until) WHERE order_id = '';

-- due_at is when a waiting decision can be taken up: at the end of its wait, at once when its order
-- has got a contact, or at the end of the lease of whoever has it.
CREATE TABLE decision (
  id           TEXT PRIMARY KEY,
  event_id     TEXT NOT NULL,
  order_id     TEXT NOT NULL,
  restaurant   TEXT NOT NULL,
  rule         TEXT NOT NULL,
  rule_version TEXT NOT NULL,
  change       TEXT NOT NULL,
  outcome      TEXT NOT NULL,
  reason       TEXT NOT NULL,
  note         TEXT NOT NULL,
  wait_until   BIGINT NOT NULL,
  due_at       BIGINT NOT NULL,
  decided_at   BIGINT NOT NULL
);
CREATE INDEX decision_order ON decision (order_id);
CREATE INDEX decision_due ON decision (due_at, id) WHERE outcome = 'waiting';

-- token is the ID of the attempt that has the message; after_close marks texts that the closing of
-- the order does not cancel.
CREATE TABLE message (
  id            TEXT PRIMARY KEY,
  event_id      TEXT NOT NULL,
  decision_id   TEXT NOT NULL,
  order_id      TEXT NOT NULL,
  restaurant    TEXT NOT NULL,
  rule          TEXT NOT NULL,
  stage         TEXT NOT NULL,
  contact_id    TEXT NOT NULL,
  phone         TEXT NOT NULL,
  text          TEXT NOT NULL,
  segments      INTEGER NOT NULL,
  category      TEXT NOT NULL,
  dedupe        TEXT NOT NULL,
  generation    INTEGER NOT NULL,
  route         TEXT NOT NULL,
  account       TEXT NOT NULL,
  status        TEXT NOT NULL,
  reason        TEXT NOT NULL,
  note          TEXT NOT NULL,
  on_unknown    TEXT NOT NULL,
  deadline      BIGINT NOT NULL,
  next_at       BIGINT NOT NULL,
  attempts      INTEGER NOT NULL,
  provider_id   TEXT NOT NULL,
  cost_units    BIGINT NOT NULL,
  cost_nanos    INTEGER NOT NULL,
  cost_currency TEXT NOT NULL,
  token         TEXT NOT NULL,
  lease_until   BIGINT NOT NULL,
  after_close   INTEGER NOT NULL,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL
);
-- One text for one dedupe key and person: the guarantee is here and nowhere else.
CREATE UNIQUE INDEX message_dedupe ON message (restaurant, dedupe, contact_id, generation);
CREATE INDEX message_order ON message (order_id);
CREATE INDEX message_due ON message (account, deadline, next_at, id) WHERE status = 'queued';
CREATE INDEX message_open ON message (status, id) WHERE status IN ('sending', 'unknown');

CREATE TABLE attempt (
  id         TEXT PRIMARY KEY,
  message_id TEXT NOT NULL,
  n          INTEGER NOT NULL,
  account    TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at   BIGINT NOT NULL,
  outcome    TEXT NOT NULL
);
CREATE INDEX attempt_message ON attempt (message_id);

-- The moves of messages that no other row tells: that one was queued is its own row, that it is being
-- sent or was accepted is its attempt. Rows are only ever added.
CREATE TABLE message_log (
  message_id TEXT NOT NULL,
  id         TEXT NOT NULL,
  at         BIGINT NOT NULL,
  status     TEXT NOT NULL,
  account    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  note       TEXT NOT NULL,
  PRIMARY KEY (message_id, id)
);

CREATE TABLE api_key (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  hint       TEXT NOT NULL,
  hash       TEXT NOT NULL UNIQUE,
  scopes     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at = 0;

CREATE TABLE state (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
