package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/orderbell/orderbell/sdk"
)

// config is in the words in which operators hand out SMPP access.
type config struct {
	Host       string     `sdk:"host,required" max:"253" pattern:"[A-Za-z0-9._:-]+" placeholder:"smpp.example.com" en:"Host" ru:"Хост (host)" en_help:"The SMSC's name or address, without a port." ru_help:"Имя или адрес SMS-центра, без порта."`
	Port       int        `sdk:"port" default:"2775" min:"1" max:"65535" en:"Port" ru:"Порт (port)"`
	TLS        bool       `sdk:"tls" default:"true" en:"TLS" ru:"TLS" en_help:"Encrypts the connection. Operators have a port of its own for it, such as 3443. Without it the password and the texts cross the network readable." ru_help:"Шифрует соединение. У операторов для этого отдельный порт, например 3443. Без TLS пароль и тексты идут по сети открыто."`
	SystemID   string     `sdk:"system_id,required" max:"64" pattern:"[!-~]+" en:"system_id (login)" ru:"Логин (system_id)"`
	Password   sdk.Secret `sdk:"password,required" max:"64" pattern:"[ -~]+" en:"password" ru:"Пароль (password)"`
	SystemType string     `sdk:"system_type" max:"12" pattern:"[ -~]*" en:"system_type" ru:"system_type" en_help:"Usually empty." ru_help:"Обычно пусто."`
	Source     string     `sdk:"source_addr" pattern:"[ -~]{1,11}|\\+?[0-9]{1,20}" en:"Sender name (source_addr)" ru:"Имя отправителя (source_addr)" en_help:"Up to 11 Latin letters and digits, or a number. Empty: the SMSC's own choice." ru_help:"До 11 латинских букв и цифр или номер. Пусто: по усмотрению SMS-центра."`

	SourceTON string `sdk:"source_ton,advanced" default:"auto" choices:"auto|0|1|2|3|4|5|6" en_choices:"Automatic|0 unknown|1 international|2 national|3 network specific|4 subscriber|5 alphanumeric|6 abbreviated" ru_choices:"Автоматически|0 неизвестно|1 международный|2 национальный|3 внутрисетевой|4 абонентский|5 буквенный|6 сокращённый" en:"Sender's TON (source_addr_ton)" ru:"TON отправителя (source_addr_ton)"`
	SourceNPI string `sdk:"source_npi,advanced" default:"auto" choices:"auto|0|1|3|4|6|8|9|10|14|18" en_choices:"Automatic|0 unknown|1 E.164|3 data|4 telex|6 land mobile|8 national|9 private|10 ERMES|14 internet|18 WAP" ru_choices:"Автоматически|0 неизвестно|1 E.164|3 данные|4 телекс|6 подвижная связь|8 национальный|9 частный|10 ERMES|14 интернет|18 WAP" en:"Sender's NPI (source_addr_npi)" ru:"NPI отправителя (source_addr_npi)"`
	DestTON   int    `sdk:"dest_ton,advanced" default:"1" min:"0" max:"6" en:"Recipient's TON (dest_addr_ton)" ru:"TON получателя (dest_addr_ton)"`
	DestNPI   int    `sdk:"dest_npi,advanced" default:"1" min:"0" max:"18" en:"Recipient's NPI (dest_addr_npi)" ru:"NPI получателя (dest_addr_npi)"`

	Window          int           `sdk:"window,advanced" default:"10" min:"1" max:"255" en:"Window" ru:"Окно (window)" en_help:"How many messages may wait for the SMSC's answer at the same time. Your operator names it." ru_help:"Сколько сообщений могут одновременно ждать ответа SMS-центра. Число называет оператор."`
	Rate            int           `sdk:"rate,advanced" default:"0" min:"0" max:"1000" en:"Messages a second" ru:"Сообщений в секунду" en_help:"The operator's limit; parts of a long text count each. 0: no limit of our own." ru_help:"Ограничение оператора; части длинного текста считаются отдельно. 0: без своего ограничения."`
	EnquireLink     time.Duration `sdk:"enquire_link,advanced" default:"30s" min:"5s" max:"10m" en:"Sign of life every (enquire_link)" ru:"Проверка связи каждые (enquire_link)"`
	ResponseTimeout time.Duration `sdk:"response_timeout,advanced" default:"30s" min:"1s" max:"2m" en:"Wait for an answer" ru:"Ждать ответа" en_help:"Also how long an unanswered message keeps its place in the window." ru_help:"Столько же сообщение без ответа занимает место в окне."`

	LongMessage string   `sdk:"long_message,advanced" default:"udh" choices:"udh|sar|payload" en_choices:"UDH (usual)|SAR parameters|message_payload" ru_choices:"UDH (обычно)|Параметры SAR|message_payload" en:"Long texts" ru:"Длинные тексты"`
	Charset     string   `sdk:"charset,advanced" default:"gsm7" choices:"gsm7|latin1|ascii|ucs2" en_choices:"GSM 03.38 (usual)|ISO 8859-1|ASCII|Always UCS-2" ru_choices:"GSM 03.38 (обычно)|ISO 8859-1|ASCII|Всегда UCS-2" en:"Alphabet of data_coding 0" ru:"Алфавит data_coding 0" en_help:"What the SMSC takes for its default alphabet. Everything else, Cyrillic first of all, is sent as UCS-2." ru_help:"Что SMS-центр считает алфавитом по умолчанию. Всё остальное, прежде всего кириллица, отправляется в UCS-2."`
	Registered  string   `sdk:"registered_delivery,advanced" default:"1" choices:"1|2|0" en_choices:"Every outcome|Failures only|None" ru_choices:"О любом исходе|Только о неудаче|Не нужны" en:"Delivery receipts (registered_delivery)" ru:"Отчёты о доставке (registered_delivery)"`
	Validity    string   `sdk:"validity,advanced" default:"relative" choices:"relative|absolute|none" en_choices:"As a period (usual)|As a time, UTC|Not said" ru_choices:"Сроком (обычно)|Временем, UTC|Не сообщать" en:"Validity (validity_period)" ru:"Срок годности (validity_period)"`
	Query       bool     `sdk:"query_sm,advanced" en:"Ask for statuses (query_sm)" ru:"Запрашивать статусы (query_sm)" en_help:"Only if your operator says that query_sm is supported. Needed after a restart, if no receipt came." ru_help:"Только если оператор подтверждает поддержку query_sm. Нужно после перезапуска, если отчёт не пришёл."`
	VendorCodes []string `sdk:"vendor_codes,advanced" max:"64" pattern:"0x[0-9A-Fa-f]{1,8}=[A-Z_]+" placeholder:"0x0401=NO_MONEY" en:"The operator's own codes" ru:"Собственные коды оператора" en_help:"One a line: command_status=REASON. Reasons are those of Orderbell: NO_MONEY, BAD_RECIPIENT, BLOCKED_RECIPIENT, REJECTED_TEXT, BAD_SENDER, RATE_LIMITED, UNAVAILABLE, UNAUTHORIZED, UNSUPPORTED, EXPIRED." ru_help:"По одному в строке: command_status=ПРИЧИНА. Причины Orderbell: NO_MONEY, BAD_RECIPIENT, BLOCKED_RECIPIENT, REJECTED_TEXT, BAD_SENDER, RATE_LIMITED, UNAVAILABLE, UNAUTHORIZED, UNSUPPORTED, EXPIRED."`

	TLSServerName string   `sdk:"tls_server_name,advanced" max:"253" pattern:"[A-Za-z0-9._:-]+" when:"tls=true" en:"Name in the certificate" ru:"Имя в сертификате" en_help:"If it is not the host." ru_help:"Если отличается от хоста."`
	TLSCA         []string `sdk:"tls_ca,advanced" max:"400" when:"tls=true" en:"CA certificate (PEM)" ru:"Сертификат ЦС (PEM)" en_help:"If the operator has an authority of its own: the whole text, BEGIN and END included." ru_help:"Если у оператора свой удостоверяющий центр: весь текст, с BEGIN и END."`
}

// address is where to connect.
func (c config) address() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// secured returns the TLS settings, nil for a plain connection. The error is about tls_ca.
func (c config) secured() (*tls.Config, error) {
	if !c.TLS {
		return nil, nil //nolint:nilnil // a plain connection
	}
	secured := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: c.TLSServerName}
	if secured.ServerName == "" {
		secured.ServerName = c.Host
	}
	if len(c.TLSCA) > 0 {
		secured.RootCAs = x509.NewCertPool()
		if !secured.RootCAs.AppendCertsFromPEM([]byte(strings.Join(c.TLSCA, "\n"))) {
			return nil, &sdk.SettingError{Field: "tls_ca", Text: sdk.Text{
				EN: "This is no certificate in PEM form; paste it from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
				RU: "Это не сертификат в формате PEM; вставьте его от -----BEGIN CERTIFICATE----- до -----END CERTIFICATE-----."}}
		}
	}
	return secured, nil
}

// vendorCodes reads the operator's own codes. A code of 0 means success and cannot be renamed.
func (c config) vendorCodes() (map[status]sdk.Reason, error) {
	codes := map[status]sdk.Reason{}
	for _, entry := range c.VendorCodes {
		number, reason, _ := strings.Cut(entry, "=")
		code, err := strconv.ParseUint(strings.TrimPrefix(number, "0x"), 16, 32)
		if err != nil || code == 0 || !sdk.Reason(reason).Known() {
			return nil, &sdk.SettingError{Field: "vendor_codes", Text: sdk.Text{
				EN: "Each line is a code other than 0 and one of the reasons named below: 0x0401=NO_MONEY.",
				RU: "Каждая строка: код, отличный от 0, и одна из перечисленных причин: 0x0401=NO_MONEY."}}
		}
		codes[status(code)] = sdk.Reason(reason)
	}
	return codes, nil
}

// open refuses what no single field's tags can tell. It connects to nobody: the first message does.
func open(_ context.Context, c config, env sdk.Env) (*account, error) {
	secured, err := c.secured()
	if err != nil {
		return nil, err
	}
	codes, err := c.vendorCodes()
	if err != nil {
		return nil, err
	}
	return newAccount(c, env, secured, codes), nil
}
