package smsc

import (
	"context"
	"crypto/md5"  //nolint:gosec // the operator's choice
	"crypto/sha1" //nolint:gosec // the operator's choice
	"encoding/hex"
	"hash/crc32"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reports returns what posts the delivery reports of a request; nil when nobody wants them. It holds
// no lock while it posts.
func (o *operator) reports(phones []string, id string) func() {
	if o.options.CallbackURL == "" {
		return nil
	}
	var forms []url.Values
	for _, phone := range phones {
		forms = append(forms, o.reportsOf(digits(phone), id)...)
	}
	return func() {
		for _, form := range forms {
			o.post(form)
		}
	}
}

// reportsOf returns the reports of one message: handed over, then its end.
func (o *operator) reportsOf(phone, id string) []url.Values {
	m := o.messages[key{phone, id}]
	secret := CallbackSecret
	end := tail(phone)
	if end == tailForged {
		secret = "another word"
	}
	forms := []url.Values{
		report(phone, id, statusHanded, message{at: m.at, cost: m.cost, parts: m.parts}, secret),
		report(phone, id, m.end, m, secret),
	}
	switch end {
	case tailRepeated:
		slices.Reverse(forms)
		forms = append(forms, forms...)
	case tailUnsigned:
		for _, form := range forms {
			form.Del("md5")
			form.Del("sha1")
		}
	}
	return forms
}

func report(phone, id string, status int, m message, secret string) url.Values {
	form := url.Values{
		"id": {id}, "phone": {phone}, "status": {strconv.Itoa(status)},
		"time": {m.at.UTC().Add(3 * time.Hour).Format("02.01.2006 15:04:05")}, "ts": {strconv.FormatInt(m.at.Unix(), 10)},
		"cnt": {strconv.Itoa(m.parts)}, "type": {"0"}, "flag": {"0"}, "cost": {amount(m.cost)}, "sender": {"SMSC"},
	}
	if m.cause != 0 {
		form.Set("err", strconv.Itoa(m.cause))
	}
	Sign(form, secret)
	return form
}

// Sign puts the signatures of a delivery report into its form: MD5, SHA-1 and a checksum over
// id:phone:status:secret.
func Sign(form url.Values, secret string) {
	text := []byte(strings.Join([]string{form.Get("id"), form.Get("phone"), form.Get("status"), secret}, ":"))
	sum5, sum1 := md5.Sum(text), sha1.Sum(text) //nolint:gosec // the operator's choice
	form.Set("md5", hex.EncodeToString(sum5[:]))
	form.Set("sha1", hex.EncodeToString(sum1[:]))
	form.Set("crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(text)), 10))
}

// post delivers one report; whether anybody takes it is only logged.
func (o *operator) post(form url.Values) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, o.options.CallbackURL, strings.NewReader(form.Encode()))
	if err != nil {
		o.options.Log("delivery report: the address cannot be used")
		return
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := o.client.Do(request)
	if err != nil {
		o.options.Log("delivery report: nobody took it")
		return
	}
	_ = response.Body.Close()
	o.options.Log("delivery report, status %s: HTTP %d", form.Get("status"), response.StatusCode)
}
