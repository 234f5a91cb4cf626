package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/pipeline"
)

// outbox is a queue in memory with the store's rules of claiming.
type outbox struct {
	mu sync.Mutex
	faults
	queue []*message.Message // unfinished ones first come, first served
	sent  []message.Sent
	ended map[string]message.Message
	done  []message.Finished
}

func newOutbox(messages ...message.Message) *outbox {
	q := &outbox{ended: map[string]message.Message{}, faults: faults{left: map[string]int{}}}
	for _, m := range messages {
		q.queue = append(q.queue, &m)
	}
	return q
}

func (q *outbox) ClaimMessages(_ context.Context, account string, n int, now time.Time) ([]message.Message, []message.Attempt, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.call("ClaimMessages"); err != nil {
		return nil, nil, err
	}
	var messages []message.Message
	var attempts []message.Attempt
	for i := 0; i < len(q.queue) && len(messages) < n; i++ {
		m := q.queue[i]
		if m.Account != account || m.Status != message.Queued || m.NextAt.After(now) {
			continue
		}
		if !m.Deadline.After(now) {
			m.Status, m.Reason = message.Expired, message.PastDeadline
			q.end(m)
			i--
			continue
		}
		m.Status = message.Sending
		m.Attempts++
		messages = append(messages, *m)
		attempts = append(attempts, message.Attempt{ID: fmt.Sprintf("%s#%d", m.ID, m.Attempts), MessageID: m.ID, N: m.Attempts, Account: account, StartedAt: now})
	}
	return messages, attempts, nil
}

func (q *outbox) end(m *message.Message) {
	q.ended[m.ID] = *m
	q.queue = slices.DeleteFunc(q.queue, func(other *message.Message) bool { return other == m })
}

func (q *outbox) FinishAttempts(_ context.Context, done []message.Finished) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.call("FinishAttempts"); err != nil {
		return err
	}
	q.done = append(q.done, done...)
	for _, f := range done {
		at := slices.IndexFunc(q.queue, func(m *message.Message) bool { return m.ID == f.Next.MessageID })
		if at < 0 {
			continue
		}
		m := q.queue[at]
		m.Status, m.Account, m.NextAt, m.Reason, m.Note = f.Next.Status, f.Next.Account, f.Next.NextAt, f.Next.Reason, f.Next.Note
		if m.Status != message.Queued {
			q.end(m)
		}
	}
	return nil
}

func (q *outbox) NextDue(_ context.Context, account string) (time.Time, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.call("NextDue"); err != nil {
		return time.Time{}, err
	}
	var due time.Time
	for _, m := range q.queue {
		if m.Account == account && m.Status == message.Queued && (due.IsZero() || m.NextAt.Before(due)) {
			due = m.NextAt
		}
	}
	return due, nil
}

func (q *outbox) RecoverAttempts(context.Context, time.Time) ([]message.Message, error) {
	return nil, nil
}

func (q *outbox) SentSince(_ context.Context, _ string, since time.Time) ([]message.Sent, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.call("SentSince"); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(q.sent), func(s message.Sent) bool { return s.At.Before(since) }), nil
}

func (q *outbox) add(m message.Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = append(q.queue, &m)
}

// handed is one message as a provider got it.
type handed struct {
	message.Outgoing
	account string
	at      time.Time
}

// sender is an operator that keeps what it got.
type sender struct {
	mu     sync.Mutex
	got    []handed
	answer func(ctx context.Context, account string, m message.Outgoing) message.Outcome // nil: accepts
}

func (s *sender) Send(ctx context.Context, account string, batch []message.Outgoing) []message.Outcome {
	s.mu.Lock()
	for _, m := range batch {
		s.got = append(s.got, handed{m, account, time.Now()})
	}
	s.mu.Unlock()
	outcomes := make([]message.Outcome, len(batch))
	for i, m := range batch {
		outcomes[i] = message.Outcome{ID: m.ID, Accepted: &message.Acceptance{ProviderID: "p-" + m.ID}}
		if s.answer != nil {
			outcomes[i] = s.answer(ctx, account, m)
		}
	}
	return outcomes
}

func (s *sender) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, h := range s.got {
		ids = append(ids, h.ID)
	}
	return ids
}

func failing(r message.Reason) func(context.Context, string, message.Outgoing) message.Outcome {
	return func(_ context.Context, _ string, m message.Outgoing) message.Outcome {
		return message.Outcome{ID: m.ID, Failure: &message.Failure{Reason: r, Detail: "maintenance"}}
	}
}

// text is a queued message of the account "main", due now.
func text(n int, life time.Duration) message.Message {
	now := time.Now()
	return message.Message{
		ID: fmt.Sprintf("m%04d", n), ContactID: fmt.Sprintf("c%d", n), To: guest(n).Phone, Text: fmt.Sprintf("Заказ %d", n),
		Segments: 1, Category: contact.Transactional, Account: "main", Route: []string{"main"}, Status: message.Queued,
		OnUnknown: message.Hold, Deadline: now.Add(life), NextAt: now, CreatedAt: now, UpdatedAt: now,
	}
}

func texts(n int, life time.Duration) []message.Message {
	all := make([]message.Message, n)
	for i := range all {
		all[i] = text(i+1, life)
	}
	return all
}

func deliver(q *outbox, s *sender, l *logged) *pipeline.Deliver {
	return &pipeline.Deliver{
		Account: "main", Outbox: q, Sender: s, Batch: func() int { return 10 }, Parallel: 1, Now: time.Now, Log: l.logger(),
	}
}
