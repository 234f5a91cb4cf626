-- A data folder of schema 6 as orderbell made it by three commands: user add olga, user add oleg,
-- user reset-password oleg; without the users. Its audit log is sealed with the key in audit_test.go.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migration (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO schema_migration VALUES(1,0,1,'2026-11-29 13:55:27');
INSERT INTO schema_migration VALUES(2,1,1,'2026-11-29 13:55:27');
INSERT INTO schema_migration VALUES(3,2,1,'2026-11-29 13:55:27');
INSERT INTO schema_migration VALUES(4,3,1,'2026-11-29 13:55:27');
INSERT INTO schema_migration VALUES(5,4,1,'2026-11-29 13:55:27');
INSERT INTO schema_migration VALUES(6,5,1,'2026-11-29 13:55:27');
INSERT INTO schema_migration VALUES(7,6,1,'2026-11-29 13:55:27');
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
CREATE TABLE binding (
  id          TEXT PRIMARY KEY,
  contact_id  TEXT NOT NULL REFERENCES contact (id),
  ref         TEXT NOT NULL,
  order_id    TEXT NOT NULL,
  created_at  BIGINT NOT NULL,
  valid_until BIGINT NOT NULL
);
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
CREATE TABLE attempt (
  id         TEXT PRIMARY KEY,
  message_id TEXT NOT NULL,
  n          INTEGER NOT NULL,
  account    TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at   BIGINT NOT NULL,
  outcome    TEXT NOT NULL
);
CREATE TABLE message_log (
  message_id TEXT NOT NULL,
  id         TEXT NOT NULL,
  at         BIGINT NOT NULL,
  status     TEXT NOT NULL,
  account    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  note       TEXT NOT NULL, actor TEXT NOT NULL DEFAULT '',
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
, used_at BIGINT NOT NULL DEFAULT 0);
CREATE TABLE state (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);
INSERT INTO state VALUES('audit_head','{"n":3,"hash":"42dcd1edf0c752553d6d26663b3fb0d93edad2f16ae02597ac9ead9d5e296a83","seal":"42584d8c1689835b33854c1b301e169ee9f72bd57a482012b965dce66b4e0b8d"}');
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
CREATE TABLE callback_address (
  account    TEXT PRIMARY KEY,
  token      TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
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
CREATE TABLE known_device (
  hash    TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  seen_at BIGINT NOT NULL
);
CREATE TABLE login_try (
  id      TEXT NOT NULL,
  subject TEXT NOT NULL,
  at      BIGINT NOT NULL,
  PRIMARY KEY (id, subject)
);
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
INSERT INTO audit VALUES(1,1795960527344985,'console','','console','','','','','user.add','olga','done','{"id":"01M8KSDPFG9TXBW7DNPSRYCV5D","role":"owner"}','','95f7f272033bee764d00494edb6758536a2bbb216489668a9a3a7d204d5a4c7e');
INSERT INTO audit VALUES(2,1795960527577598,'console','','console','','','','','user.add','oleg','done','{"id":"01M8KSDPPSXSG4341CCQTS7NPK","role":"owner"}','95f7f272033bee764d00494edb6758536a2bbb216489668a9a3a7d204d5a4c7e','09edff0be02ada736df6d94935d5c810671c21c407fa42881b4ef0c0d5d67da4');
INSERT INTO audit VALUES(3,1795960527873100,'console','','console','','','','','user.password','oleg','done','{"id":"01M8KSDPPSXSG4341CCQTS7NPK"}','09edff0be02ada736df6d94935d5c810671c21c407fa42881b4ef0c0d5d67da4','42dcd1edf0c752553d6d26663b3fb0d93edad2f16ae02597ac9ead9d5e296a83');
CREATE TABLE setting (
  name       TEXT PRIMARY KEY,
  doc        BYTEA NOT NULL,
  revision   BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL
);
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
CREATE TABLE restaurant_seen (
  restaurant TEXT PRIMARY KEY,
  event_at   BIGINT NOT NULL
);
CREATE TABLE tally (
  hour       BIGINT NOT NULL,
  restaurant TEXT NOT NULL,
  account    TEXT NOT NULL,
  stage      TEXT NOT NULL,
  status     TEXT NOT NULL,
  currency   TEXT NOT NULL,
  messages   BIGINT NOT NULL,
  segments   BIGINT NOT NULL,
  cost_units BIGINT NOT NULL,
  cost_nanos BIGINT NOT NULL,
  speed      TEXT NOT NULL,
  PRIMARY KEY (hour, restaurant, account, stage, status, currency)
);
CREATE TABLE tally_hour (
  hour BIGINT PRIMARY KEY
);
CREATE TABLE rule_version (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  version    TEXT NOT NULL,
  source     TEXT NOT NULL,
  cases      TEXT NOT NULL,
  saved_at   BIGINT NOT NULL,
  saved_by   TEXT NOT NULL
);
CREATE TABLE rule_off (
  name   TEXT PRIMARY KEY,
  off_at BIGINT NOT NULL,
  off_by TEXT NOT NULL
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('schema_migration',7);
CREATE UNIQUE INDEX event_key ON event (key_hash, restaurant);
CREATE INDEX event_stored ON event (id) WHERE status = 'stored';
CREATE INDEX binding_waiting ON binding (ref) WHERE order_id = '';
CREATE INDEX binding_vain ON binding (valid_until) WHERE order_id = '';
CREATE INDEX decision_order ON decision (order_id);
CREATE INDEX decision_due ON decision (due_at, id) WHERE outcome = 'waiting';
CREATE UNIQUE INDEX message_dedupe ON message (restaurant, dedupe, contact_id, generation);
CREATE INDEX message_due ON message (account, deadline, next_at, id) WHERE status = 'queued';
CREATE INDEX attempt_message ON attempt (message_id);
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at = 0;
CREATE INDEX callback_account ON callback (account, verdict, id);
CREATE INDEX message_provider_id ON message (provider_id) WHERE provider_id <> '';
CREATE INDEX message_lookup ON message (account, next_at, id) WHERE status IN ('accepted', 'unknown');
CREATE INDEX session_user ON session (user_id);
CREATE INDEX known_device_user ON known_device (user_id);
CREATE INDEX login_try_subject ON login_try (subject, at);
CREATE INDEX login_try_at ON login_try (at);
CREATE INDEX audit_actor ON audit (actor_id, n);
CREATE INDEX audit_object ON audit (object, n);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX message_status ON message (status, id, restaurant, account, stage);
CREATE INDEX message_account ON message (account, id, stage);
CREATE INDEX message_restaurant ON message (restaurant, id, account, stage);
CREATE INDEX message_stage ON message (stage, id);
CREATE INDEX message_contact ON message (contact_id, id);
CREATE INDEX message_order ON message (order_id, id);
CREATE INDEX orders_number ON orders (number_key, restaurant, id);
CREATE INDEX orders_restaurant ON orders (restaurant, id);
CREATE INDEX order_event_event ON order_event (event_id);
CREATE INDEX decision_event ON decision (event_id);
CREATE INDEX event_odd ON event (status, id) WHERE status IN ('quarantined', 'failed');
CREATE INDEX contact_last4 ON contact (substr(phone, length(phone) - 3), id);
CREATE INDEX contact_suppressed ON contact (id) WHERE suppressed <> '';
CREATE INDEX binding_contact ON binding (contact_id);
CREATE INDEX rule_version_name ON rule_version (name, id);
COMMIT;
