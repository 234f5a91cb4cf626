package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// newAccount turns the settings into calls and patterns; each mistake is put on its own field.
func newAccount(c config, env sdk.Env) (*account, error) {
	a := &account{config: c, Env: env}
	var err error
	if a.send, err = c.describe(described{"url", c.URL, "body", c.BodyType, c.Body, c.Method, "method"}); err != nil {
		return nil, err
	}
	if !a.send.uses("to") || !a.send.uses("text") {
		return nil, wrong("body", "The call must carry {to} and {text}.", "В запросе должны быть {to} и {text}.")
	}
	if c.BalanceURL != "" {
		if a.balance, err = c.describe(described{"balance_url", c.BalanceURL, "balance_body", c.BalanceBodyType, c.BalanceBody, c.BalanceMethod, "balance_method"}); err != nil {
			return nil, err
		}
		if c.Balance == "" {
			return nil, wrong("balance", "Say where in the answer the amount is.", "Укажите, где в ответе сумма.")
		}
		if a.balance.uses("to") || a.balance.uses("text") || a.balance.uses("id") || a.balance.uses("sender") {
			return nil, wrong("balance_body", "A balance call has no message to speak of.", "В запросе баланса нет сообщения.")
		}
	}
	if c.TokenURL != "" {
		if a.login, err = c.describe(described{"token_url", c.TokenURL, "token_body", c.TokenBodyType, c.TokenBody, "POST", ""}); err != nil {
			return nil, err
		}
		if c.Token == "" {
			return nil, wrong("token", "Say where in the answer the token is.", "Укажите, где в ответе токен.")
		}
		a.login.headers = withoutToken(a.login.headers)
	} else if a.send.uses("token") || a.balance.uses("token") {
		return nil, wrong("token_url", "{token} is used, but nothing says where it comes from.", "{token} используется, но не указано, откуда он берётся.")
	}
	a.judge, err = c.judge()
	return a, err
}

// described names the settings that describe one call.
type described struct {
	urlKey, url       string
	bodyKey, bodyType string
	lines             []string
	method, methodKey string
}

func (c *config) describe(s described) (call, error) {
	made := call{get: s.method == "GET"}
	if err := made.aim(s.url, c.BaseURL); err != nil {
		return call{}, onField(s.urlKey, err)
	}
	var err error
	if made.headers, err = parseHeaders(c.Headers); err != nil {
		return call{}, onField("headers", err)
	}
	for _, h := range made.headers {
		v := c.credentials()
		v["sender"] = c.Sender
		if value, _ := h.value.fill(v); !headerSafe(value) {
			return call{}, wrong("headers", "A value for "+h.name+" holds letters that a header cannot carry.", "Значение для "+h.name+" содержит буквы, недопустимые в заголовке.")
		}
	}
	if len(s.lines) > 0 {
		if made.body, err = parseBody(s.bodyType, s.lines); err != nil {
			return call{}, onField(s.bodyKey, err)
		}
	}
	if _, fields := made.body.(form); made.get && made.body != nil && !fields {
		return call{}, wrong(s.bodyKey, "GET has no body; its fields must be a form.", "У GET нет тела; поля должны быть формой.")
	}
	if made.exposes() && !c.AllowURL {
		field := s.urlKey
		if made.get {
			field = s.methodKey
		}
		return call{}, wrong(field, "This puts data into the address. Use POST with a body, or switch “Data in addresses” on and know its danger.",
			"Так данные попадут в адрес. Используйте POST с телом или включите «Данные в адресах», понимая опасность.")
	}
	return made, nil
}

// withoutToken drops the headers that need the token which the log-in is to fetch.
func withoutToken(all []header) []header {
	var rest []header
	for _, h := range all {
		if !h.value.uses("token") {
			rest = append(rest, h)
		}
	}
	return rest
}

func (c *config) judge() (judge, error) {
	j := judge{currency: c.Currency}
	for _, written := range strings.Split(c.Statuses, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(written), "-")
		if !isRange {
			to = from
		}
		low, err := strconv.Atoi(from)
		high, err2 := strconv.Atoi(to)
		if err != nil || err2 != nil || low < 100 || high > 599 || low > high {
			return judge{}, wrong("success_statuses", "These are not HTTP statuses.", "Это не HTTP-коды.")
		}
		j.statuses = append(j.statuses, span{low, high})
	}
	for i, line := range c.Success {
		m, err := parseMatcher(line)
		if err != nil {
			return judge{}, onField("success", onLine(i, err))
		}
		j.success = append(j.success, m)
	}
	for i, line := range c.Errors {
		r, err := parseRule(line)
		if err != nil {
			return judge{}, onField("errors", onLine(i, err))
		}
		j.errors = append(j.errors, r)
	}
	for _, p := range []struct {
		key, source string
		into        **matcher
	}{
		{"id", c.ID, &j.id}, {"error_text", c.Words, &j.words}, {"answer_to", c.AnswerTo, &j.answerTo},
		{"cost", c.Cost, &j.cost}, {"balance", c.Balance, &j.balance}, {"token", c.Token, &j.token},
	} {
		if p.source == "" {
			continue
		}
		m, err := parseMatcher(p.source)
		if err != nil {
			return judge{}, onField(p.key, err)
		}
		*p.into = m
	}
	return j, nil
}

func wrong(field, en, ru string) error {
	return &sdk.SettingError{Field: field, Text: sdk.Text{EN: en, RU: ru}}
}

// fault is what is wrong with a setting, in both languages.
type fault sdk.Text

// Error is the English text.
func (f fault) Error() string { return f.EN }

func lineFault(i int, en, ru string) error {
	line := strconv.Itoa(i + 1)
	return fault{EN: "Line " + line + ": " + en, RU: "Строка " + line + ": " + ru}
}

// onLine says on which line of a list a fault is.
func onLine(i int, err error) error {
	var f fault
	if errors.As(err, &f) {
		return lineFault(i, f.EN, f.RU)
	}
	return err
}

// onField puts a fault on its setting.
func onField(field string, err error) error {
	var f fault
	if errors.As(err, &f) {
		return wrong(field, f.EN, f.RU)
	}
	return err
}
