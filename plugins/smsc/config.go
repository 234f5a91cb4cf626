package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/orderbell/orderbell/sdk"
)

// config is in SMSC's own words.
type config struct {
	Login          string     `sdk:"login" max:"64" en:"login" ru:"Логин (login)" en_help:"The cabinet's login. Leave it empty when you use an API key." ru_help:"Логин кабинета. Оставьте пустым, если используете API-ключ."`
	Psw            sdk.Secret `sdk:"psw" max:"128" en:"psw (password)" ru:"Пароль (psw)" en_help:"The password, better one made for the API on the cabinet's page of passwords." ru_help:"Пароль; лучше отдельный, для API, со страницы паролей в кабинете."`
	APIKey         sdk.Secret `sdk:"apikey" max:"128" en:"apikey" ru:"API-ключ (apikey)" en_help:"Replaces login and password." ru_help:"Заменяет логин и пароль."`
	Sender         string     `sdk:"sender" pattern:"[ -~]{1,11}|\\+?[0-9]{1,15}" en:"Sender name (sender)" ru:"Имя отправителя (sender)" en_help:"Up to 11 Latin letters and digits, or up to 15 digits. Empty: the account's default." ru_help:"До 11 латинских букв и цифр или до 15 цифр. Пусто: имя по умолчанию в кабинете."`
	Host           string     `sdk:"host" default:"smsc.ru" pattern:"[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+" max:"253" en:"Site" ru:"Сайт" en_help:"Where your cabinet is: smsc.ru, smsc.kz, smsc.ua, smscentre.com or another site of the same service, without https://." ru_help:"Где ваш кабинет: smsc.ru, smsc.kz, smsc.ua, smscentre.com или другой сайт того же сервиса, без https://."`
	CallbackSecret sdk.Secret `sdk:"callback_secret" max:"128" en:"Secret word of notifications" ru:"Секретное слово уведомлений" en_help:"The one from the cabinet's settings of notifications. Needed to believe delivery reports." ru_help:"То же, что в настройках уведомлений кабинета. Нужно для проверки отчётов о доставке."`
	Translit       string     `sdk:"translit,advanced" default:"0" choices:"0|1|2" en_choices:"No|Yes, with Latin letters|Yes, with look-alike characters" ru_choices:"Нет|Да, латиницей|Да, похожими символами" en:"Transliterate (translit)" ru:"Транслитерация (translit)"`
	TinyURL        bool       `sdk:"tinyurl,advanced" en:"Shorten links (tinyurl)" ru:"Сокращать ссылки (tinyurl)"`
	Currency       string     `sdk:"currency,advanced" pattern:"[A-Z]{3}" en:"Currency" ru:"Валюта" en_help:"Three letters, such as RUB. Empty: that of the site's country." ru_help:"Три буквы, например RUB. Пусто: по стране сайта."`
	BaseURL        string     `sdk:"base_url,url,advanced" en:"API address" ru:"Адрес API" en_help:"Instead of https://SITE/sys." ru_help:"Вместо https://САЙТ/sys."`
	BackupURL      string     `sdk:"backup_url,url,advanced" en:"Address of the second server" ru:"Адрес резервного сервера" en_help:"Used when the first one cannot be reached. Empty: https://www2.SITE/sys, and none if the API address is set." ru_help:"Используется, если первый недоступен. Пусто: https://www2.САЙТ/sys, а если задан адрес API, то никакой."`
}

// open refuses what no single field can tell: who we are, and addresses that would carry a query.
func open(_ context.Context, c config, env sdk.Env) (*account, error) {
	switch {
	case c.APIKey != "": // alone it is enough
	case c.Login == "" && c.Psw == "":
		return nil, &sdk.SettingError{Field: "apikey", Text: sdk.Text{
			EN: "Fill in the API key, or login and password.", RU: "Укажите API-ключ либо логин и пароль."}}
	case c.Login == "":
		return nil, &sdk.SettingError{Field: "login", Text: sdk.Text{
			EN: "A password needs its login.", RU: "К паролю нужен логин."}}
	case c.Psw == "":
		return nil, &sdk.SettingError{Field: "psw", Text: sdk.Text{
			EN: "A login needs its password.", RU: "К логину нужен пароль."}}
	}
	c.Host = strings.ToLower(c.Host)
	// smsc.ru and smsc.kz name www2 as their second server; where a site has none, asking costs nothing.
	s := &servers{first: "https://" + c.Host + "/sys/", second: "https://www2." + strings.TrimPrefix(c.Host, "www.") + "/sys/"}
	if c.BaseURL != "" {
		s.first, s.second = c.BaseURL, ""
	}
	if c.BackupURL != "" {
		s.second = c.BackupURL
	}
	for field, address := range map[string]*string{"base_url": &s.first, "backup_url": &s.second} {
		folder, ok := folderOf(*address)
		if !ok {
			return nil, &sdk.SettingError{Field: field, Text: sdk.Text{
				EN: "The address must not hold a query; enter it as https://example.org/sys.",
				RU: "В адресе не должно быть параметров; введите его в виде https://example.org/sys."}}
		}
		*address = folder
	}
	if c.Currency == "" {
		c.Currency = currencyOf(c.Host)
	}
	return &account{config: c, Env: env, servers: s, attempts: attempts{since: env.Now()}}, nil
}

// folderOf returns the address with the folder of the scripts, which may be left out, and a slash at
// its end; "" for "".
func folderOf(address string) (string, bool) {
	if address == "" {
		return "", true
	}
	u, err := url.Parse(address)
	if err != nil || u.RawQuery != "" || u.ForceQuery {
		return "", false
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/sys"
	}
	return strings.TrimRight(u.String(), "/") + "/", true
}

// currencyOf guesses the currency in which a site bills; its answers about messages do not say it.
func currencyOf(host string) string {
	for end, currency := range map[string]string{".kz": "KZT", ".ua": "UAH"} {
		if strings.HasSuffix(host, end) {
			return currency
		}
	}
	return "RUB"
}
