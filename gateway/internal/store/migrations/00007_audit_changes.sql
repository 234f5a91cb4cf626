-- +goose Up
-- What a change changed: a JSON array of field, old and new; empty where a line tells of no change. The
-- hashes of lines from before stay as they are: an empty text takes no part in them.
ALTER TABLE audit ADD COLUMN changes TEXT NOT NULL DEFAULT '';
