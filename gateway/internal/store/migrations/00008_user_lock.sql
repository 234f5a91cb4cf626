-- +goose Up
-- Since when a user may not come in; 0: the user may.
ALTER TABLE users ADD COLUMN locked_at BIGINT NOT NULL DEFAULT 0;
