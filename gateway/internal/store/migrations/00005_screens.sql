-- +goose Up
-- What the screens ask for. A page is read newest first through one of these indexes and never through
-- the whole table (page.go); a status moves with the message, so that its index takes over what
-- message_open did. The columns behind id are those that are asked for together with the first: with
-- them in the index, a row that does not fit is passed over without being read.
DROP INDEX message_open;
CREATE INDEX message_status ON message (status, id, restaurant, account, stage);
CREATE INDEX message_account ON message (account, id, stage);
CREATE INDEX message_restaurant ON message (restaurant, id, account, stage);
CREATE INDEX message_stage ON message (stage, id);
CREATE INDEX message_contact ON message (contact_id, id);
DROP INDEX message_order;
CREATE INDEX message_order ON message (order_id, id);

DROP INDEX orders_number;
CREATE INDEX orders_number ON orders (number_key, restaurant, id);
CREATE INDEX orders_restaurant ON orders (restaurant, id);
CREATE INDEX order_event_event ON order_event (event_id);
CREATE INDEX decision_event ON decision (event_id);
CREATE INDEX event_odd ON event (status, id) WHERE status IN ('quarantined', 'failed');

CREATE INDEX contact_last4 ON contact (substr(phone, length(phone) - 3), id);
CREATE INDEX contact_suppressed ON contact (id) WHERE suppressed <> '';
CREATE INDEX binding_contact ON binding (contact_id);

-- actor is the person who moved a message, as the audit log names him; empty: the gateway itself.
ALTER TABLE message_log ADD COLUMN actor TEXT NOT NULL DEFAULT '';

-- When each restaurant was last heard of, by our clock.
CREATE TABLE restaurant_seen (
  restaurant TEXT PRIMARY KEY,
  event_at   BIGINT NOT NULL
);
INSERT INTO restaurant_seen (restaurant, event_at) SELECT restaurant, max(received_at) FROM orders GROUP BY restaurant;

-- Sums of the messages of past hours, made when a chart first asks for the hour and forgotten when one
-- of its messages moves after all. speed is a histogram of how long acceptance took. hour is the
-- number of the hour since 1970, UTC, in which the message was made.
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
