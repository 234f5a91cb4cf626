package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/app"
	"github.com/orderbell/orderbell/gateway/internal/config"
	"github.com/orderbell/orderbell/gateway/internal/lunch"
)

type demoCommand struct {
	Seed   uint64        `default:"7" help:"${seed}"`
	Orders int           `default:"40" help:"${orders}"`
	Pace   time.Duration `default:"90ms" help:"${pace}"`
	Keep   string        `help:"${keep}" placeholder:"DIR"`
}

// demoWait is how long the demo's gateway waits for a late phone, instead of minutes.
const demoWait = 8 * time.Second

// Run plays a lunch hour through a gateway of its own and checks that the sums add up.
func (c *demoCommand) Run(ctx context.Context, s *session) (err error) {
	folder := c.Keep
	if folder == "" {
		if folder, err = os.MkdirTemp("", "orderbell-demo-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(folder) }()
	}
	secret := access.NewSecret()
	cfg, sent, err := demoConfig(folder, secret)
	if err != nil {
		return err
	}
	gateway, err := app.New(ctx, s.options(cfg, hclog.New(&hclog.LoggerOptions{Name: "orderbell", Level: hclog.Error, Output: s.Stderr})))
	if err != nil {
		return err
	}
	defer func() { _ = gateway.Close() }()
	serving, stop := context.WithCancel(ctx)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- gateway.Run(serving, func() { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		stop()
		return err
	}
	play := &player{session: s, base: "http://" + gateway.Address(), secret: secret, sent: sent, gateway: gateway, pace: c.Pace}
	hour := lunch.New(c.Seed, c.Orders, s.Now().In(cfg.Restaurant(lunch.Restaurant).Timezone))
	err = play.run(ctx, hour)
	if err == nil {
		err = play.summary(ctx, hour)
	}
	stop()
	if stopped := <-ended; err == nil {
		err = stopped
	}
	return err
}

// demoConfig is the configuration of the throw-away gateway, written as an admin would write it.
func demoConfig(folder, secret string) (cfg *config.Config, sent string, err error) {
	sent = filepath.Join(folder, "console.jsonl")
	text := fmt.Sprintf(`listen: 127.0.0.1:0
restaurants:
  - {code: %q, name: Кафе Пример, timezone: Europe/Moscow}
accounts:
  - {name: main, provider: console, settings: {file: %q}, limits: {per_second: 1000, per_day: 100000, per_phone_per_day: 100}}
notifications:
  enabled: true
  route: [main]
  stage: kdsReady
  template: "Заказ {order_number} готов. {restaurant_name}"
  contact_wait: %s
api_keys:
  - {name: qr-menu, key: %s, scopes: ["contacts:write"]}
`, lunch.Restaurant, sent, demoWait, secret)
	file := filepath.Join(folder, "orderbell.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, "", err
	}
	cfg, err = config.Load(config.Sources{File: file})
	return cfg, sent, err
}

// player plays the lunch hour over HTTP, as the cash server and a QR menu would.
type player struct {
	*session
	base    string
	secret  string
	sent    string // file in which the console provider remembers what it was given
	read    int64  // how much of it was shown
	gateway *app.App
	pace    time.Duration
	client  http.Client
	posted  map[string]int // answers by status
	texts   int
}

func (p *player) run(ctx context.Context, hour lunch.Hour) error {
	p.posted = map[string]int{}
	p.client.Timeout = 15 * time.Second
	p.say(word{"Обеденный час кафе «Пример». Касса шлёт события, гости ждут SMS при статусе (3) Приготовлено / kdsReady.\n", "Lunch hour at Cafe «Пример». The cash server posts events; guests wait for a text at (3) kdsReady.\n"}.pick(p.lang))
	for _, step := range hour.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.step(ctx, step); err != nil {
			return err
		}
		p.rest(ctx, p.pace)
		if err := p.showTexts(step.At); err != nil {
			return err
		}
	}
	return p.finish(ctx, hour.Steps[len(hour.Steps)-1].At)
}

// finish waits until nothing is left to do: the last stage has waited for its phone in vain.
func (p *player) finish(ctx context.Context, at time.Duration) error {
	for deadline := p.Now().Add(demoWait + 10*time.Second); p.Now().Before(deadline); p.rest(ctx, 100*time.Millisecond) {
		left, err := p.gateway.Store().Unfinished(ctx)
		if err != nil || left == 0 {
			if err == nil {
				err = p.showTexts(at)
			}
			return err
		}
	}
	return fmt.Errorf("%s", word{"шлюз не закончил работу вовремя", "the gateway did not finish in time"}.pick(p.lang))
}

func (p *player) rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (p *player) step(ctx context.Context, step lunch.Step) error {
	if step.Kind == lunch.Phone {
		return p.leavePhone(ctx, step)
	}
	var answer struct{ Status string }
	if err := p.post(ctx, intakePath, "text/xml", step.Body, http.StatusOK, &answer); err != nil {
		return err
	}
	p.posted[answer.Status]++
	p.showEvent(step, answer.Status)
	return nil
}

func (p *player) leavePhone(ctx context.Context, step lunch.Step) error {
	agreed := step.Note != lunch.NoteRefused
	body, err := json.Marshal(map[string]any{
		"order": map[string]string{"guid": step.GUID}, "phone": step.Phone,
		"consent": map[string]any{"given": agreed, "given_at": p.Now().Format(time.RFC3339), "purpose": "order_status_sms", "policy_version": "2026-05-01", "source": "qr_menu"},
	})
	if err != nil {
		return err
	}
	var answer struct {
		ContactID string `json:"contact_id"`
	}
	if err := p.post(ctx, "/api/v1/contacts", "application/json", body, http.StatusCreated, &answer); err != nil {
		return err
	}
	p.showPhone(step)
	return nil
}

func (p *player) post(ctx context.Context, path, kind string, body []byte, want int, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", kind)
	if path != intakePath { // the cash server on this machine needs no key
		req.Header.Set("Authorization", "Bearer "+p.secret)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return err
	}
	if resp.StatusCode != want {
		return fmt.Errorf("%s: %s: %s", path, resp.Status, oneLine(string(data), 300))
	}
	return json.Unmarshal(data, answer)
}
