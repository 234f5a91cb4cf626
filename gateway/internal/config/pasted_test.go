package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/order"
)

func TestTheVendorsSettingsAreUnderstoodAsPeoplePasteThem(t *testing.T) {
	t.Parallel()
	const all = "on=true aggregator=sms.ru token=A1B2C3D4-secret sender=CAFE stage=ready template=Заказ {order_number} готов. {restaurant_name}"
	tests := []struct{ name, text, want string }{
		{"lines of key=value", "enabled=1\naggregator=sms.ru\ntoken=A1B2C3D4-secret\nsender=CAFE\nstatus=3\ntemplate=Заказ {order_number} готов. {restaurant_name}", all},
		{"lines of YAML", "sms_enabled: yes\nprovider: \"sms.ru\"\napi_id: 'A1B2C3D4-secret'\nfrom: CAFE\nkds_status: kdsReady\nmessage_template: Заказ {order_number} готов. {restaurant_name}", all},
		{"JSON, nested, with numbers", `{"sms":{"enabled":true,"aggregator":"sms.ru","api_token":"A1B2C3D4-secret","sender":"CAFE","kdsStatus":3},"template":"Заказ {order_number} готов. {restaurant_name}"}`, all},
		{"the page's labels with values behind them", "Включить SMS-уведомления: да\r\nSMS-агрегатор: sms.ru\r\nТокен API: A1B2C3D4-secret\r\nИмя отправителя: CAFE\r\nСтатус (KDS): (3) Приготовлено / kdsReady\r\nШаблон сообщения: Заказ {order_number} готов. {restaurant_name}", all},
		{"the page's labels with values below them", "Включить SMS-уведомления\nвкл\nSMS-агрегатор\nsms.ru\nТокен API\nA1B2C3D4-secret\nИмя отправителя\nCAFE\n\nСтатус (KDS)\nПриготовлено\nШаблон сообщения\nЗаказ {order_number} готов. {restaurant_name}\n", all},
		{"a template of two lines", "Шаблон сообщения\nЗаказ {order_number}\nготов\nТокен API\nA1B2C3D4-secret", "token=A1B2C3D4-secret template=Заказ {order_number}/готов"},
		{"a template with a colon", "template=Заказ: {order_number}", "template=Заказ: {order_number}"},
		{"an empty sender", "token=A1B2C3D4-secret\nsender=\nstatus=6", "token=A1B2C3D4-secret stage=collected"},
		{"a status that cannot be chosen", "status=1\nenabled=perhaps", "odd=enabled,status"},
		{"names that mean nothing", "colour=red\ntoken=A1B2C3D4-secret\nhello", "token=A1B2C3D4-secret odd=colour,hello"},
		{"nothing of ours", "colour=red\nhello world", "odd=colour,hello world"},
		{"broken JSON is read as lines", "{\n  \"token\": \"A1B2C3D4-secret\",\n  \"status\": 2,\n", "token=A1B2C3D4-secret stage=started odd={"},
		{"nothing", " \n ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := understood(ParsePasted(tt.text)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// understood writes what was understood on one line.
func understood(p Pasted) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+strings.ReplaceAll(value, "\n", "/"))
		}
	}
	if p.Enabled != nil {
		add("on", fmt.Sprint(*p.Enabled))
	}
	add("aggregator", p.Aggregator)
	add("token", p.Token.Reveal())
	add("sender", p.Sender)
	add("stage", p.Stage.String())
	add("template", p.Template)
	add("restaurant", p.Restaurant)
	odd := append([]string(nil), p.Odd...)
	for i := range odd {
		for j := range i {
			if odd[i] < odd[j] {
				odd[i], odd[j] = odd[j], odd[i]
			}
		}
	}
	add("odd", strings.Join(odd, ","))
	return strings.Join(parts, " ")
}

func TestATokenThatStandsAloneIsNotRepeated(t *testing.T) {
	t.Parallel()
	const token = "A1B2C3D4-E5F6-7890-A1B2-C3D4E5F67890"
	p := ParsePasted(token + "\nkey of mine: " + token)
	for _, odd := range p.Odd {
		if strings.Contains(odd, token) {
			t.Errorf("the pasted secret is in %q", odd)
		}
	}
}

func FuzzParsePasted(f *testing.F) {
	for _, seed := range []string{
		"", "{", `{"token":"x","status":[3,{"a":null}]}`, "Токен API\nabc\nСтатус (KDS)\n(3) Приготовлено / kdsReady", "template=\"a\"\nb", "status=(9)", "\xff=\xfe", "=:\n:=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := ParsePasted(text)
		if p.Stage != order.None && (p.Stage < order.Started || p.Stage > order.Collected) {
			t.Errorf("stage %v cannot be chosen", p.Stage)
		}
		if len(p.Odd) > 20 {
			t.Errorf("%d odd names", len(p.Odd))
		}
		if secret := p.Token.Reveal(); len(secret) > 8 && strings.Contains(fmt.Sprintf("%+v", p), secret) && !strings.Contains(p.Sender+p.Template+p.Aggregator+p.Restaurant+strings.Join(p.Odd, ""), secret) {
			t.Error("the token does not mask itself")
		}
	})
}
