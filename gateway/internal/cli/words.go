package cli

import (
	"strings"

	"github.com/alecthomas/kong"

	"github.com/orderbell/orderbell/gateway/internal/simulator"
)

// language picks the language of help and answers: Russian unless the environment names another one.
func (s OS) language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := s.getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "ru") {
				return "ru"
			}
			return "en"
		}
	}
	return "ru"
}

// words are the texts of the commands in one language, by the name that help tags use.
func words(lang string) kong.Vars {
	vars := kong.Vars{"sim_address": simulator.Address}
	for _, part := range []map[string]word{vocabulary, pluginVocabulary, ruleVocabulary} {
		for name, w := range part {
			vars[name] = w.pick(lang)
		}
	}
	return vars
}

type word struct{ ru, en string }

// pick gives the text in the language.
func (w word) pick(lang string) string {
	if lang == "ru" {
		return w.ru
	}
	return w.en
}

var vocabulary = map[string]word{
	"about":           {"Orderbell: SMS гостю, когда заказ готов. События r_keeper → правила → провайдеры SMS.", "Orderbell texts a guest when the order is ready: r_keeper events → rules → SMS providers."},
	"run":             {"Запустить шлюз.", "Serve."},
	"demo":            {"Показать обеденный час: одноразовый шлюз, события r_keeper и тексты гостям.", "Play a lunch hour through a throw-away gateway and show each guest's text."},
	"check":           {"Проверить настройки, правила, провайдеров и базу, ничего не запуская.", "Examine configuration, rules, providers and database without serving."},
	"compact":         {"Сжать базу, когда шлюз остановлен: место возвращается диску, а следы удалённых гостей исчезают.", "Compact the database while the gateway is stopped: the disk gets its room back, and traces of erased guests are gone."},
	"event":           {"События кассового сервера.", "Events of the cash server."},
	"event_post":      {"Отправить событие работающему шлюзу, как это делает касса.", "Post events to a running gateway, as the cash server does."},
	"event_list":      {"Последние события.", "The latest events."},
	"event_show":      {"Одно событие: что в нём сказано и что из него вышло.", "One event: what it said and what it led to."},
	"event_raw":       {"Показать и само тело (номера скрыты); об этом остаётся запись в журнале аудита.", "Show its body, too (phones masked); the audit log has a line about it."},
	"event_replay":    {"Показать, что правила решили бы о событии сейчас; с --again — решить его на самом деле.", "Show what the rules would decide on an event now; with --again, have it decided."},
	"event_again":     {"Решить заново событие из карантина или не решённое из-за сбоя. Дважды никому не напишут.", "Decide an event again that was quarantined or given up. Nobody is texted twice."},
	"event_ref":       {"ID события.", "ID of the event."},
	"event_or_file":   {"ID события или файл с ним; «-» — стандартный ввод.", "ID of the event, or a file of one; - is standard input."},
	"event_status":    {"Только с этим статусом: stored, done, quarantined, failed.", "Only with this status: stored, done, quarantined, failed."},
	"filter_place":    {"Только этот ресторан (RestCode).", "Only this restaurant (RestCode)."},
	"message":         {"Сообщения гостям.", "Messages to guests."},
	"message_list":    {"Последние сообщения.", "The latest messages."},
	"message_show":    {"Одно сообщение со всеми попытками.", "One message with its attempts."},
	"message_resend":  {"Отправить ещё раз, новым сообщением.", "Send again, as a new message."},
	"message_cancel":  {"Отменить, пока оно ждёт отправки.", "Cancel it while it waits to be sent."},
	"message_settle":  {"Решить судьбу сообщения, о котором неизвестно, ушло ли оно.", "Say what became of a message of which nobody knows whether it went out."},
	"settle_as":       {"sent — считать отправленным; again — отправить ещё раз (гость может получить два).", "sent: take it as sent; again: send it again (the guest may get two)."},
	"order":           {"Заказы.", "Orders."},
	"order_show":      {"Что было с заказом и почему гость получил или не получил SMS.", "What happened to an order and why the guest was, or was not, texted."},
	"apikey":          {"Ключи API.", "API keys."},
	"apikey_create":   {"Создать ключ. Он показывается один раз.", "Create a key. It is shown once."},
	"apikey_list":     {"Список ключей.", "List the keys."},
	"apikey_revoke":   {"Отозвать ключ.", "Revoke a key."},
	"user":            {"Пользователи.", "Users."},
	"user_add":        {"Добавить пользователя. Пароль спрашивается в терминале.", "Add a user. The password is asked for on the terminal."},
	"user_list":       {"Список пользователей.", "List the users."},
	"user_reset":      {"Дать пользователю новый пароль и закрыть его сеансы.", "Give a user a new password and end the sessions."},
	"user_lock":       {"Закрыть пользователю вход и его сеансы.", "Keep a user from signing in and end the sessions."},
	"user_unlock":     {"Снова открыть пользователю вход.", "Let a locked user sign in again."},
	"user_name":       {"Имя пользователя.", "Name of the user."},
	"user_role":       {"Роль: owner, admin, operator, viewer, auditor.", "Role: owner, admin, operator, viewer, auditor."},
	"user_drop_totp":  {"Отключить и второй фактор: телефон потерян.", "Switch the second factor off too: the phone is lost."},
	"password_stdin":  {"Взять пароль из первой строки стандартного ввода.", "Take the password from the first line of standard input."},
	"audit":           {"Журнал аудита: кто что делал.", "The audit log: who did what."},
	"audit_list":      {"Последние записи.", "The latest lines."},
	"audit_verify":    {"Проверить, что журнал такой, каким был записан.", "See whether the log is as it was written."},
	"audit_actor":     {"Только это имя или id.", "Only this name or id."},
	"audit_action":    {"Только это действие: user.add, или user — все, что так начинаются.", "Only this action: user.add, or user for all that begin so."},
	"account":         {"Учётные записи у провайдеров SMS.", "Accounts at SMS providers."},
	"account_list":    {"Список учётных записей.", "List the accounts."},
	"account_check":   {"Проверить, что провайдер принимает ключ. Ничего не отправляется.", "See whether the provider takes the key. Nothing is sent."},
	"account_balance": {"Показать баланс.", "Show the balance."},
	"account_send":    {"Отправить одно настоящее SMS, чтобы проверить учётную запись.", "Send one real text, to see that an account works."},
	"account_one":     {"Имя учётной записи.", "Name of the account."},
	"send_to":         {"Номер мобильного телефона.", "Mobile phone number."},
	"send_text":       {"Текст.", "The text."},
	"send_yes":        {"Не переспрашивать.", "Do not ask."},
	"openapi":         {"Показать описание API (OpenAPI 3.1).", "Print the description of the API (OpenAPI 3.1)."},
	"simulate":        {"Сыграть оператора, чтобы попробовать всё без договора: smsru, smsc, smsaero, exolve, twilio, http, smsgate, smpp.", "Play an operator, to try everything without an account: smsru, smsc, smsaero, exolve, twilio, http, smsgate, smpp."},
	"sim_provider":    {"Провайдер, чей оператор изображается.", "The provider whose operator is played."},
	"sim_listen":      {"Где отвечать.", "Where to answer."},
	"sim_callback":    {"Слать отчёты о доставке на этот адрес; его показывает orderbell account check.", "Post delivery reports to this address, which orderbell account check shows."},
	"sim_balance":     {"Баланс в начале, например 12.50 или 0.", "What the account holds at the start, like 12.50 or 0."},
	"sim_fail":        {"Неисправность: no-money, unavailable (503), silent (нет ответа), reset (принято, связь оборвана), page (веб-страница).", "A fault: no-money, unavailable (503), silent (no answer), reset (taken, the connection breaks), page (a web page)."},
	"sim_phones":      {"Показывать номера целиком.", "Show whole numbers."},
	"sim_calls":       {"Показывать и вызовы провайдера, в stderr.", "Show the provider's calls, too, on standard error."},
	"version":         {"Показать версию.", "Show the version."},
	"config":          {"Файл настроек (по умолчанию orderbell.yaml, если он есть).", "Configuration file (default: orderbell.yaml if there is one)."},
	"data":            {"Папка данных.", "Data folder."},
	"listen":          {"Адрес приёма событий, узел:порт.", "Address of the intake, host:port."},
	"admin_listen":    {"Адрес интерфейса и API, узел:порт.", "Address of UI and API, host:port."},
	"plugins":         {"Дополнительная папка с программами провайдеров.", "Extra folder of provider programs."},
	"rules":           {"Папка с файлами правил.", "Folder of rule files."},
	"json":            {"Ответ в JSON.", "Answer in JSON."},
	"files":           {"Файлы с событиями; «-» читает стандартный ввод.", "Files of events; - reads standard input."},
	"url":             {"Адрес шлюза, если он не из настроек.", "The gateway's address, if not the configured one."},
	"key_flag":        {"Ключ приёма событий.", "Intake key."},
	"message_ref":     {"Номер (id) сообщения.", "Id of the message."},
	"order_ref":       {"Номер заказа, его GUID или id.", "Number, GUID or id of the order."},
	"filter_order":    {"Только этот заказ: id, GUID или номер.", "Only this order: id, GUID or number."},
	"filter_phone":    {"Телефон гостя: последние четыре цифры или весь номер.", "The guest's phone: its last four digits, or all of it."},
	"filter_status":   {"Только с этим статусом.", "Only with this status."},
	"limit":           {"Сколько показать, от 1 до 500.", "How many to show, 1 to 500."},
	"key_name":        {"Имя ключа.", "Name of the key."},
	"key_scope":       {"Право: contacts:write, messages:read, messages:write, events:write, admin. Можно несколько.", "Scope: contacts:write, messages:read, messages:write, events:write, admin. May be repeated."},
	"key_days":        {"Срок действия в днях; 0 — без срока.", "Days until it expires; 0: never."},
	"key_ref":         {"Имя или id ключа.", "Name or id of the key."},
	"account_name":    {"Имя учётной записи; без него — все.", "Name of the account; all of them without it."},
	"seed":            {"Число, от которого зависит обед.", "Number that the lunch hour depends on."},
	"orders":          {"Сколько заказов.", "How many orders."},
	"pace":            {"Пауза между событиями.", "Pause between events."},
	"keep":            {"Оставить папку данных в этом месте.", "Keep the data folder here."},
	"help_flag":       {"Показать помощь.", "Show help."},
}
