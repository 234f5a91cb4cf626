package aggregator

import (
	"net/http"

	"github.com/orderbell/orderbell/sdk/sdktest/operators"
)

// target is POST /sendsmsjson.php: one address for everything, told apart by type. A refused message
// has the reason where an accepted one has "send"; a refused request has an error.
func (h *house) target(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Security struct{ Login, Password string }
		Type     string
		Message  []struct {
			Type, Sender, Text string
			Abonent            []struct{ Phone string }
		}
	}
	if !read(w, r, &in) {
		return
	}
	password := in.Security.Password
	switch {
	case in.Security.Login == "" || password == "" || password == "wrong":
		sayJSON(w, http.StatusOK, `{"error":"Неправильный логин или пароль"}`)
		return
	case in.Type == "balance" && password == "no-money":
		sayJSON(w, http.StatusOK, `{"money":{"value":"0","currency":"RUB"}}`)
		return
	case in.Type == "balance":
		sayJSON(w, http.StatusOK, `{"money":{"value":%q,"currency":"RUB"}}`, operators.Decimal(h.opts.Funds(31240)))
		return
	case in.Type != "sms" || len(in.Message) != 1 || len(in.Message[0].Abonent) != 1:
		sayJSON(w, http.StatusOK, `{"error":"Неправильный формат JSON документа"}`)
		return
	}
	message := in.Message[0]
	phone := message.Abonent[0].Phone
	if disturbed(w, phone) {
		return
	}
	action := "send"
	switch code := ending(phone); {
	case code == "0402" || password == "no-money" || h.opts.Broke():
		action = "Закончились SMS"
	case code == "0202" || !digits(phone):
		action = "Номер телефона введен неправильно"
	case code == "0209":
		action = "Номер в стоп-листе"
	case code == "0221" || message.Sender == "":
		action = "Нет отправителя"
	case code == "0207":
		action = "Отклонено модератором"
	}
	if action != "send" {
		sayJSON(w, http.StatusOK, `{"sms":[{"number_sms":"1","action":%q}]}`, action)
		return
	}
	h.opts.Took(phone, message.Sender, message.Text)
	sayJSON(w, http.StatusOK, `{"sms":[{"number_sms":"1","id_sms":%d,"parts":1,"action":"send"}]}`, h.next())
}
