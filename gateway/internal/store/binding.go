package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

const (
	// numberWindow is how long a number names one order: a shift.
	numberWindow = 18 * time.Hour
	// nameWindow is how long a binding by GUID or pair waits for its order; pre-orders come days ahead.
	nameWindow = 30 * 24 * time.Hour
)

// Bind ties a phone to an order in one transaction: the contact is found or made by its phone, the
// consent is added to its record, the binding is kept. Texts that wait for a phone become claimable;
// queued texts to whoever was bound before go to the new phone.
//
// The order is looked for by GUID, then by visit and ident, then by number. A number fits an open
// order of that restaurant with an event in the last 18 hours; several that fit give ErrAmbiguous
// and change nothing. An order that is not known yet is waited for: 30 days by name, 18 hours by
// number.
//
// A consent that is not given is a withdrawal: queued texts of its category to this contact and,
// for transactional ones, decisions that wait are ended with NoConsent; nothing is bound. It needs no
// order. A consent without a category is not recorded.
func (db *DB) Bind(ctx context.Context, b contact.Binding) (contactID string, err error) {
	if b.Phone.IsZero() {
		return "", contact.ErrNoPhone
	}
	withdrawal := b.Consent.Category != "" && !b.Consent.Given
	names := bindingRefs(b)
	if len(names) == 0 && !withdrawal {
		return "", fault(ErrNoOrder, "")
	}
	if b.At.IsZero() {
		b.At = db.now()
	}
	err = db.do(ctx, func(t *tx) error {
		if withdrawal {
			var err error
			if contactID, err = db.saveContact(t, b); err != nil {
				return err
			}
			return db.withdraw(t, contactID, b)
		}
		orderID, err := db.boundOrder(t, names, b.At)
		if err != nil {
			return err
		}
		if contactID, err = db.saveContact(t, b); err != nil {
			return err
		}
		return db.saveBinding(t, orderID, contactID, names[0], b)
	})
	if err != nil {
		return "", err
	}
	return contactID, nil
}

// boundOrder finds the order that a binding means; empty when it is not known yet. A number is only
// asked when there is no better name: it may have been given out again.
func (db *DB) boundOrder(t *tx, names []string, at time.Time) (id string, err error) {
	best := names[0]
	if !isNumber(best) {
		for _, ref := range names {
			var guid string
			found, err := t.one([]any{&id, &guid}, `SELECT o.id, o.guid FROM order_ref r JOIN orders o ON o.id = r.order_id
				WHERE r.ref = $1`, ref)
			if err != nil {
				return "", err
			}
			if found && (guid == "" || !isGUID(best) || guidRef(guid) == best) {
				return id, nil
			}
		}
		return "", nil
	}
	restaurant, number := splitNumber(best)
	fits := 0
	err = t.each(func(rows *sql.Rows) error {
		fits++
		return rows.Scan(&id)
	}, `SELECT id FROM orders WHERE number_key = $1 AND restaurant = $2 AND closed = 0 AND received_at > $3 LIMIT 2`,
		number, restaurant, micros(at.Add(-numberWindow)))
	if err == nil && fits > 1 {
		err = fault(ErrAmbiguous, "")
	}
	return id, err
}

func (db *DB) saveContact(t *tx, b contact.Binding) (id string, err error) {
	_, err = t.one([]any{&id}, `INSERT INTO contact (id, phone, language, suppressed, created_at, updated_at)
		VALUES ($1, $2, $3, '', $4, $4) ON CONFLICT (phone) DO UPDATE SET updated_at = excluded.updated_at,
		language = CASE WHEN excluded.language <> '' THEN excluded.language ELSE contact.language END
		RETURNING id`, db.ids.next(), b.Phone.Reveal(), b.Language, micros(b.At))
	if err != nil || b.Consent.Category == "" {
		return id, err
	}
	c := b.Consent
	recorded := c.RecordedAt
	if recorded.IsZero() {
		recorded = b.At
	}
	_, err = t.exec(`INSERT INTO consent
		(contact_id, id, category, given, given_at, purpose, policy_version, source, recorded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, id, db.ids.next(), string(c.Category), bit(c.Given),
		micros(c.GivenAt), c.Purpose, c.PolicyVersion, c.Source, micros(recorded))
	return id, err
}

// withdraw ends what was still to be sent to a person who said no.
func (db *DB) withdraw(t *tx, contactID string, b contact.Binding) error {
	why := move{status: message.Cancelled, reason: message.NoConsent, note: "consent withdrawn"}
	err := db.cancelQueued(t, b.At, why, `contact_id = $1 AND category = $2`, contactID, string(b.Consent.Category))
	if err != nil || b.Consent.Category != contact.Transactional {
		return err
	}
	_, err = t.exec(`UPDATE decision SET outcome = 'skipped', reason = 'NO_CONSENT', note = 'consent withdrawn'
		WHERE outcome = 'waiting' AND order_id IN (SELECT id FROM orders WHERE contact_id = $1)`, contactID)
	return err
}

func (db *DB) saveBinding(t *tx, orderID, contactID, ref string, b contact.Binding) error {
	window := nameWindow
	if isNumber(ref) {
		window = numberWindow
	}
	// What waited in vain goes now; bindings are rare and few wait.
	if _, err := t.exec(`DELETE FROM binding WHERE order_id = '' AND valid_until <= $1`, micros(b.At)); err != nil {
		return err
	}
	_, err := t.exec(`INSERT INTO binding (id, contact_id, ref, order_id, created_at, valid_until)
		VALUES ($1, $2, $3, $4, $5, $6)`, db.ids.next(), contactID, ref, orderID, micros(b.At), micros(b.At.Add(window)))
	if err != nil || orderID == "" {
		return err
	}
	return db.join(t, orderID, bound{contactID, micros(b.At)})
}

// join makes the contact that of the order, wakes what waited for it and readdresses what was queued
// for the one before. A text that the new contact has already is cancelled instead.
func (db *DB) join(t *tx, orderID string, b bound) error {
	var former string
	found, err := t.one([]any{&former}, `SELECT contact_id FROM orders WHERE id = $1`, orderID)
	if err != nil || !found {
		return err
	}
	if _, err := t.exec(`UPDATE orders SET contact_id = $2, contact_at = $3 WHERE id = $1`, orderID, b.contactID, b.at); err != nil {
		return err
	}
	woken, err := t.exec(`UPDATE decision SET due_at = $2 WHERE order_id = $1 AND outcome = 'waiting'`, orderID, b.at)
	if err != nil {
		return err
	}
	t.woken.events = t.woken.events || woken > 0
	if former == "" || former == b.contactID {
		return nil
	}
	_, err = t.exec(`UPDATE message SET contact_id = $2, updated_at = $4,
		phone = (SELECT phone FROM contact WHERE id = $2)
		WHERE order_id = $1 AND contact_id || '' = $3 AND status || '' = 'queued' AND NOT EXISTS (
			SELECT 1 FROM message o WHERE o.restaurant = message.restaurant AND o.dedupe = message.dedupe
			AND o.contact_id = $2 AND o.generation = message.generation)`, orderID, b.contactID, former, b.at)
	if err != nil {
		return err
	}
	why := move{status: message.Cancelled, reason: message.AlreadyTold, note: "the order was bound to another phone that has this text"}
	return db.cancelQueued(t, instant(b.at), why, `order_id = $1 AND contact_id || '' = $2`, orderID, former)
}
