package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

type eventCommand struct {
	Post   eventPostCommand   `cmd:"" help:"${event_post}"`
	List   eventListCommand   `cmd:"" help:"${event_list}"`
	Show   eventShowCommand   `cmd:"" help:"${event_show}"`
	Replay eventReplayCommand `cmd:"" help:"${event_replay}"`
}

type eventPostCommand struct {
	configFlags
	Files []string `arg:"" name:"file" help:"${files}"`
	URL   string   `help:"${url}"`
	Key   string   `help:"${key_flag}" env:"ORDERBELL_INTAKE_KEY"`
	JSON  bool     `name:"json" help:"${json}"`
}

// intakePath is where the cash server posts (contract, section 5).
const intakePath = "/api/v4/kds/events"

// posted is the gateway's answer to one event.
type posted struct {
	File    string `json:"file"`
	Status  string `json:"status,omitempty"`
	EventID string `json:"event_id,omitempty"`
	Error   string `json:"error,omitempty"`
}

func (c *eventPostCommand) Run(ctx context.Context, s *session) error {
	target, err := c.target(s)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: 15 * time.Second}
	var answers []posted
	failed := 0
	for _, file := range c.Files {
		a := posted{File: file}
		if err := a.post(ctx, s, client, target); err != nil {
			a.Error = spoken(err, s.lang)
			failed++
		}
		answers = append(answers, a)
		if !c.JSON {
			c.print(s, a)
		}
	}
	if c.JSON {
		if err := printJSON(s.out, answers); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf(word{"не принято событий: %d из %d", "%d of %d events were not taken"}.pick(s.lang), failed, len(answers))
	}
	return nil
}

func (c *eventPostCommand) print(s *session, a posted) {
	if a.Error != "" {
		_, _ = fmt.Fprintf(s.out, "%s: %s\n", a.File, a.Error)
		return
	}
	status := map[string]word{
		"stored":      {"принято", "stored"},
		"duplicate":   {"повтор, уже было", "duplicate"},
		"quarantined": {"принято, но не понято (карантин)", "stored, not understood (quarantined)"},
	}[a.Status].pick(s.lang)
	_, _ = fmt.Fprintf(s.out, "%s: %s  %s\n", a.File, status, a.EventID)
}

// target is the address to post to, the key in its path.
func (c *eventPostCommand) target(s *session) (string, error) {
	base := c.URL
	if base == "" {
		cfg, err := c.load(s)
		if err != nil {
			return "", err
		}
		base = "http://" + reachable(cfg.Listen)
	}
	if !strings.Contains(base, "://") {
		base = "http://" + base
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "", usageError{fmt.Errorf(word{"адрес шлюза %q не похож на http://узел:порт", "the gateway's address %q is not like http://host:port"}.pick(s.lang), base)}
	}
	path := intakePath
	if strings.HasSuffix(u.Path, intakePath) {
		return u.String(), nil
	}
	if c.Key != "" {
		path = "/k/" + url.PathEscape(c.Key) + intakePath
	}
	return u.JoinPath(path).String(), nil
}

// unanswered says why the gateway at an address gave no answer, without the URL, which may hold the key.
func unanswered(err error, address string) word {
	if inner, ok := errors.AsType[*url.Error](err); ok {
		if inner.Timeout() {
			return word{"шлюз не ответил вовремя по адресу " + address, "the gateway did not answer in time at " + address}
		}
		err = inner.Err
	}
	if unknown, ok := errors.AsType[*net.DNSError](err); ok {
		return word{"узла " + unknown.Name + " нет: проверьте адрес шлюза", "there is no host " + unknown.Name + ": check the gateway's address"}
	}
	why := ": " + err.Error()
	if call, ok := errors.AsType[*net.OpError](err); ok && call.Op == "dial" {
		why = ""
	}
	return word{
		"шлюз не отвечает по адресу " + address + why + ". Запущен ли «orderbell run»?",
		"the gateway does not answer at " + address + why + ". Is \"orderbell run\" up?",
	}
}

// reachable turns a listening address into one to connect to.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func (a *posted) post(ctx context.Context, s *session, client *http.Client, target string) error {
	body, err := readInput(s, a.File)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return errors.New("bad address")
	}
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set("Accept-Language", s.lang)
	resp, err := client.Do(req)
	if err != nil {
		return errors.New(unanswered(err, req.URL.Host).pick(s.lang))
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		var problem struct{ Title, Detail string }
		_ = json.Unmarshal(answer, &problem)
		return fmt.Errorf("%s: %s %s", resp.Status, oneLine(problem.Title, 200), oneLine(problem.Detail, 300))
	}
	return json.Unmarshal(answer, a)
}
