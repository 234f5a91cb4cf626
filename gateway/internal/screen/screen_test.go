package screen_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"go.uber.org/goleak"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/kds"
	"github.com/orderbell/orderbell/gateway/internal/message"
	"github.com/orderbell/orderbell/gateway/internal/order"
	"github.com/orderbell/orderbell/gateway/internal/problem"
	"github.com/orderbell/orderbell/gateway/internal/rule"
	"github.com/orderbell/orderbell/gateway/internal/screen"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	restaurant = "199990777"
	phone      = "+79990000001"
)

// stage is a screen over a database of its own, with a clock that only the test moves.
type stage struct {
	*screen.Screen
	db   *store.DB
	feed *screen.Feed

	mu       sync.Mutex
	clock    time.Time
	accounts []adminapi.Account
	duty     screen.Duty
}

func (s *stage) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

func (s *stage) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(d)
}

func setup(t *testing.T) *stage {
	t.Helper()
	moscow, err := time.LoadLocation("Europe/Moscow")
	must(t, err)
	s := &stage{duty: screen.Duty{Rules: 1, Workers: 2}, accounts: []adminapi.Account{{Name: "main", State: "ready"}}, clock: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)} // 15:00 in Moscow
	s.feed = screen.NewFeed(s.now)
	s.db, err = store.Open(t.Context(), store.Options{Folder: t.TempDir(), Instance: true, Now: s.now, Told: s.feed.Tell})
	must(t, err)
	place := func(code string) screen.Place {
		return screen.Place{Code: code, Name: "Кафе «Пример»", Zone: moscow}
	}
	s.Screen = screen.New(screen.Options{
		Store: s.db, Place: place, Home: func() screen.Place { return place(restaurant) }, Now: s.now,
		Duty:   func() screen.Duty { s.mu.Lock(); defer s.mu.Unlock(); return s.duty },
		States: func(string) []adminapi.Account { s.mu.Lock(); defer s.mu.Unlock(); return s.accounts },
		Accounts: func(context.Context, string) ([]adminapi.Account, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.accounts, nil
		},
	}, s.feed)
	t.Cleanup(func() {
		s.feed.Close()
		must(t, s.db.Close())
	})
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *stage) id() string {
	return ulid.MustNew(ulid.Timestamp(s.now()), ulid.DefaultEntropy()).String()
}

var anna = adminapi.Caller{Principal: access.Principal{Kind: access.KindUser, ID: "u1", Name: "anna", Role: access.Owner}, Language: "ru"}

// told stores a posting, its order and a queued text to the guest; it gives the text.
func (s *stage) told(t *testing.T, number string) message.Message {
	t.Helper()
	o := order.Order{ID: s.id(), Restaurant: restaurant, Ref: order.Ref{GUID: "0A1B2C3D-0000-4000-8000-" + s.id()[14:]}, Name: number, Stage: order.Ready, Peak: order.Ready,
		ReceivedMicros: s.now().UnixMicro(), Dishes: []order.Dish{{Name: "Борщ", Quantity: 500, State: 3, Stage: order.Ready}, {Name: "Сок", Quantity: 1000, Skip: order.OffScreen}}}
	who, err := s.db.Bind(t.Context(), contact.Binding{Restaurant: restaurant, GUID: o.Ref.GUID, Phone: contact.StoredPhone(phone),
		Consent: contact.Consent{Category: contact.Transactional, Given: true, GivenAt: s.now(), Source: "qr_menu"}, At: s.now()})
	must(t, err)
	event, _, err := s.db.AddEvent(t.Context(), kds.Event{Source: "http", Body: sample(t), Key: kds.Key{Hash: o.ID, Dated: true}})
	must(t, err)
	m := message.Message{
		ID: s.id(), EventID: event, OrderID: o.ID, Restaurant: restaurant, Rule: "order-stage", Stage: "ready", ContactID: who, To: contact.StoredPhone(phone),
		Text: "Заказ " + number + " готов", Segments: 1, Category: contact.Transactional, Dedupe: o.ID, Route: []string{"main"}, Account: "main", Status: message.Queued,
		OnUnknown: message.Hold, Deadline: s.now().Add(20 * time.Minute), NextAt: s.now(), CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	d := rule.Decision{ID: s.id(), EventID: event, OrderID: o.ID, Restaurant: restaurant, Rule: "order-stage", RuleVersion: "abc",
		Change: order.Change{Kind: order.OrderReached(order.Ready), Stage: order.Ready}, Outcome: rule.Sends, At: s.now(), Messages: []message.Message{m}}
	must(t, s.db.SaveDecided(t.Context(), []rule.Decided{{EventID: event, Status: kds.Done, Orders: []order.Order{o}, Decisions: []rule.Decision{d}}}))
	return m
}

// ends has the provider give an outcome to all that is queued, after a time.
func (s *stage) ends(t *testing.T, after time.Duration, outcome message.Outcome, next message.Move) {
	t.Helper()
	_, attempts, err := s.db.ClaimMessages(t.Context(), "main", 100, s.now())
	must(t, err)
	s.pass(after)
	for _, a := range attempts {
		ended := s.now()
		a.EndedAt, a.Outcome = &ended, &outcome
		must(t, s.db.FinishAttempts(t.Context(), []message.Finished{{Attempt: a, Next: next}}))
	}
}

func (s *stage) accept(t *testing.T, after time.Duration) {
	t.Helper()
	cost := &message.Money{Units: 4, Nanos: 500_000_000, Currency: "RUB"}
	s.ends(t, after, message.Outcome{Accepted: &message.Acceptance{ProviderID: "p1", Cost: cost}}, message.Move{Status: message.Accepted, Account: "main", Cost: cost})
}

func sample(t *testing.T) []byte {
	t.Helper()
	body, err := os.ReadFile("../../../examples/events/08-kds-all-ready.xml")
	must(t, err)
	return body
}

func refused(t *testing.T, what string, err error, want problem.Code) {
	t.Helper()
	refusal, ok := errors.AsType[*problem.Refusal](err)
	if !ok || refusal.Code != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

func TestAMessageIsShownWithItsWholeStory(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.told(t, "12.1")
	s.ends(t, 2*time.Second, message.Outcome{Failure: &message.Failure{Reason: message.UnknownOutcome, Detail: "time-out at " + phone, Raw: `{"to":"79990000001","same":"+7 999 000-00-01","say":"<busy>"}`}}, message.Move{Status: message.Unknown, Reason: message.UnknownOutcome, Note: "cut off at " + phone})
	page, next, err := s.Messages(t.Context(), adminapi.MessageFilter{Search: "12.1", Statuses: []string{"unknown"}}, "ru")
	must(t, err)
	if len(page) != 1 || next != "" || page[0].ID != m.ID || page[0].OrderNumber != "12.1" || page[0].RestaurantName != "Кафе «Пример»" || page[0].To != "+7999•••0001" ||
		!strings.HasPrefix(page[0].Why, "Неизвестно") || page[0].Cure == "" || fmt.Sprint(page[0].Can) != "[settle resend]" {
		t.Errorf("page is %+v", page)
	}
	d, err := s.Message(t.Context(), m.ID, "en")
	must(t, err)
	if len(d.Tries) != 1 || d.Tries[0].Reason != "UNKNOWN_OUTCOME" || d.Tries[0].Why == "" || len(d.Moves) != 1 || d.Moves[0].Status != "unknown" {
		t.Errorf("detail is %+v", d)
	}
	if want := `{"to":"+7999•••0001","same":"+7999•••0001","say":"<busy>"}`; len(d.Tries) == 1 && d.Tries[0].Raw != want {
		t.Errorf("the provider's answer is shown as %s, want %s", d.Tries[0].Raw, want)
	}
	if text := fmt.Sprintf("%+v %+v", page, d); strings.Contains(text, "9990000001") {
		t.Errorf("the phone is shown: %s", text)
	}
	counts, err := s.MessageCounts(t.Context(), adminapi.MessageFilter{Statuses: []string{"delivered"}})
	must(t, err)
	if counts["unknown"] != (adminapi.Count{N: 1}) || counts["delivered"] != (adminapi.Count{}) || len(counts) != len(message.Statuses()) {
		t.Errorf("counts are %v", counts)
	}
}

func TestWhatCannotBeAskedIsRefusedAndNotEchoed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	_, _, err := s.Messages(t.Context(), adminapi.MessageFilter{Statuses: []string{"sent"}}, "ru")
	refused(t, "an unknown status", err, problem.FieldsInvalid)
	_, _, err = s.Messages(t.Context(), adminapi.MessageFilter{Phone: "12"}, "ru")
	refused(t, "no phone", err, problem.FieldsInvalid)
	_, _, err = s.Contacts(t.Context(), "abc", "", 0)
	refused(t, "no phone of a contact", err, problem.FieldsInvalid)
	_, _, err = s.Orders(t.Context(), adminapi.OrderFilter{Stage: "eaten"})
	refused(t, "an unknown stage", err, problem.FieldsInvalid)
	_, _, err = s.Events(t.Context(), adminapi.EventFilter{Statuses: []string{"odd"}}, "ru")
	refused(t, "an unknown status of events", err, problem.FieldsInvalid)
	_, err = s.Chart(t.Context(), adminapi.ChartQuestion{From: s.now(), To: s.now().Add(-time.Hour), Step: "day"})
	refused(t, "a chart backwards", err, problem.FieldsInvalid)
	for what, err := range map[string]error{
		"message": second(s.Message(t.Context(), "none", "ru")), "order": second(s.Order(t.Context(), "none", "ru")),
		"event": second(s.Event(t.Context(), "none", "ru")), "raw event": second(s.RawEvent(t.Context(), anna, "none")),
		"contact": second(s.Contact(t.Context(), "none", "ru")), "phone": second(s.RevealPhone(t.Context(), anna, "none")),
		"replay": s.ReplayEvent(t.Context(), anna, "none"), "erase": s.EraseContact(t.Context(), anna, "none"), "resend": second(s.ResendMessage(t.Context(), anna, "none")),
	} {
		refused(t, "no such "+what, err, problem.NoSuchThing)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAPersonsActsShowWhatBecameOfTheMessage(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.told(t, "12.1")
	_, err := s.ResendMessage(t.Context(), anna, m.ID)
	refused(t, "resend of a queued one", err, problem.NotNow)
	_, err = s.SettleMessage(t.Context(), anna, m.ID, adminapi.SendAgain)
	refused(t, "settle a queued one", err, problem.NotNow)
	got, err := s.CancelMessage(t.Context(), anna, m.ID)
	must(t, err)
	if got.Status != "cancelled" || fmt.Sprint(got.Can) != "[resend]" {
		t.Errorf("cancelled is %+v", got)
	}
	again, err := s.ResendMessage(t.Context(), anna, m.ID)
	must(t, err)
	if again.ID == m.ID || again.Status != "queued" || again.Generation != 1 || fmt.Sprint(again.Can) != "[cancel]" {
		t.Errorf("sent again is %+v", again)
	}
	s.ends(t, time.Second, message.Outcome{Failure: &message.Failure{Reason: message.UnknownOutcome}}, message.Move{Status: message.Unknown, Reason: message.UnknownOutcome})
	if got, err = s.SettleMessage(t.Context(), anna, again.ID, adminapi.ConsiderSent); err != nil || got.Status != "accepted" {
		t.Errorf("settled is %+v, %v", got, err)
	}
	d, err := s.Message(t.Context(), again.ID, "ru")
	must(t, err)
	if last := d.Moves[len(d.Moves)-1]; last.By != "anna" {
		t.Errorf("the last move is %+v", last)
	}
}

func TestAnOrderTellsWhyTheGuestGotHisText(t *testing.T) {
	t.Parallel()
	s := setup(t)
	m := s.told(t, "12.1")
	s.accept(t, 3*time.Second)
	s.pass(time.Second)
	_, err := s.db.ApplyReceipts(t.Context(), "main", message.ByCallback, []message.Receipt{{MessageID: m.ID, Status: message.Delivered}}, s.now())
	must(t, err)
	for _, ref := range []string{"12.1", m.OrderID} {
		d, err := s.Order(t.Context(), ref, "ru")
		must(t, err)
		if d.Why != "Гость получил SMS в 15:00:04, через 4 с." || !d.Good || d.Zone != "Europe/Moscow" || d.Text != "delivered" || d.Guest == nil || d.Guest.Phone != "+7999•••0001" {
			t.Errorf("order is %+v", d)
		}
		if len(d.Stages) != 1 || d.Stages[0].Stage != "ready" || !d.Stages[0].At.Equal(s.now().Add(-4*time.Second)) {
			t.Errorf("stages are %+v", d.Stages)
		}
		if len(d.Dishes) != 2 || d.Dishes[0].Quantity != "0.5" || !d.Dishes[0].Counts || d.Dishes[1].Why != "не готовится на кухне" {
			t.Errorf("dishes are %+v", d.Dishes)
		}
		var kinds []string
		for _, step := range d.Steps {
			kinds = append(kinds, step.Kind)
		}
		if got := fmt.Sprint(kinds); got != "[event decision message attempt attempt move receipt]" && got != "[event decision message attempt attempt receipt move]" {
			t.Errorf("timeline is %s", got)
		}
	}
	page, _, err := s.Orders(t.Context(), adminapi.OrderFilter{Search: "12.1", Stage: "ready"})
	must(t, err)
	if len(page) != 1 || page[0].Stage != "ready" || page[0].Phone != "+7999•••0001" || page[0].Text != "delivered" {
		t.Errorf("page is %+v", page)
	}
	_, err = s.TryOrder(t.Context(), "12.1", "ru")
	refused(t, "a try without rules", err, problem.NotNow)
}
