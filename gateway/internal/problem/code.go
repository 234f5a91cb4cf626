package problem

import "net/http"

// Code is the one word for why a request was refused; programs branch on it.
type Code string

// Codes of requests.
const (
	RequestMalformed    Code = "request_malformed"
	KeyRequired         Code = "key_required"       // the intake, from another machine without a key
	KeyWrong            Code = "key_wrong"          // the intake
	TokenRequired       Code = "token_required"     // the API, without a key
	TokenWrong          Code = "token_wrong"        // the API: unknown, expired or revoked
	ScopeMissing        Code = "scope_missing"      // the key may not do this
	NotFound            Code = "not_found"          //
	APIElsewhere        Code = "api_elsewhere"      // the API, at the intake's address when it has its own
	MethodNotAllowed    Code = "method_not_allowed" //
	BodyTooSlow         Code = "body_too_slow"
	BodyIncomplete      Code = "body_incomplete"
	BodyTooLarge        Code = "body_too_large"
	EncodingUnsupported Code = "encoding_unsupported" // Content-Encoding
	TypeUnsupported     Code = "type_unsupported"     // Content-Type
	TooManyTries        Code = "too_many_tries"
	HeadersTooMany      Code = "headers_too_many"
	InternalFault       Code = "internal"
	StoreUnavailable    Code = "store_unavailable"
)

// Codes of the admin's calls.
const (
	LoginRequired   Code = "login_required"   // neither a session nor a key
	NotAllowed      Code = "not_allowed"      // known, but may not do this
	ConfirmRequired Code = "confirm_required" // dangerous: the password again
	NoSuchThing     Code = "no_such_thing"    // what the address names is not there
	Stale           Code = "stale"            // somebody else has saved since it was read
	Declared        Code = "declared"         // stands in orderbell.yaml, and is changed there
	NameTaken       Code = "name_taken"
	InUse           Code = "in_use"          // cannot go while something needs it
	NotNow          Code = "not_now"         // what it is about is in a state that does not permit it
	NoAbility       Code = "no_ability"      // the provider cannot do this
	ProviderFailed  Code = "provider_failed" // the provider was asked and refused, or could not be reached
	RuleBroken      Code = "rule_broken"     // the file does not compile, or its cases fail
)

// Codes of contacts, for the request and for single fields.
const (
	JSONMalformed     Code = "json_malformed"
	FieldsInvalid     Code = "fields_invalid" // several fields, for several reasons
	FieldUnknown      Code = "field_unknown"
	FieldTwice        Code = "field_twice"
	FieldInvalid      Code = "field_invalid" // wrong type or form
	FieldTooLong      Code = "field_too_long"
	FieldRequired     Code = "field_required"
	PhoneMissing      Code = "phone_missing"
	PhoneInvalid      Code = "phone_invalid"
	ConsentMissing    Code = "consent_missing"
	ConsentIncomplete Code = "consent_incomplete"
	OrderMissing      Code = "order_missing"
	OrderContradicts  Code = "order_contradicts"
	RestaurantMissing Code = "restaurant_missing" // the order's other names are unique only within one
	OrderAmbiguous    Code = "order_ambiguous"
)

// Wording is what a code means to people and to HTTP.
type Wording struct {
	Status    int
	Challenge string // WWW-Authenticate
	titleRU   string
	titleEN   string
	detailRU  string
	detailEN  string
}

// Title is the code in a few words, in a language.
func (w Wording) Title(lang string) string {
	if lang == "en" {
		return w.titleEN
	}
	return w.titleRU
}

// Detail says what is wrong and what to do, in a language.
func (w Wording) Detail(lang string) string {
	if lang == "en" {
		return w.detailEN
	}
	return w.detailRU
}

// Challenges of 401.
const (
	bearerChallenge = `Bearer realm="orderbell"`
	intakeChallenge = `OrderbellKey realm="intake"`
)

// Codes lists every code.
func Codes() []Code {
	return append(accessCodes(),
		RequestMalformed, KeyRequired, KeyWrong, TokenRequired, TokenWrong, ScopeMissing, NotFound, APIElsewhere, MethodNotAllowed,
		BodyTooSlow, BodyIncomplete, BodyTooLarge, EncodingUnsupported, TypeUnsupported, TooManyTries, HeadersTooMany,
		InternalFault, StoreUnavailable, JSONMalformed, FieldsInvalid, FieldUnknown, FieldTwice, FieldInvalid,
		FieldTooLong, PhoneMissing, PhoneInvalid, ConsentMissing, ConsentIncomplete, OrderMissing, OrderContradicts,
		RestaurantMissing, OrderAmbiguous, LoginRequired, NotAllowed, ConfirmRequired, NoSuchThing, Stale, Declared, NameTaken, InUse,
		NotNow, NoAbility, ProviderFailed, RuleBroken, FieldRequired,
	)
}

// Words gives the Wording of a code. Codes of single fields have the status of the whole body.
func (c Code) Words() Wording {
	if w, ok := c.requestWords(); ok {
		return w
	}
	if w, ok := c.adminWords(); ok {
		return w
	}
	if w, ok := c.accessWords(); ok {
		return w
	}
	w := c.fieldWords()
	if w.Status == 0 {
		w.Status = http.StatusUnprocessableEntity
	}
	return w
}

func (c Code) requestWords() (Wording, bool) {
	switch c {
	case RequestMalformed:
		return Wording{http.StatusBadRequest, "", "Запрос составлен неверно", "Malformed request",
			"Запрос не удалось разобрать.", "The request could not be understood."}, true
	case KeyRequired:
		return Wording{http.StatusUnauthorized, intakeChallenge, "Нужен ключ", "Key required",
			"С других компьютеров и через посредников события принимаются только по адресу с ключом: /k/КЛЮЧ/api/v4/kds/events.",
			"From other machines and through proxies events are taken only at the address with a key: /k/KEY/api/v4/kds/events."}, true
	case KeyWrong:
		return Wording{http.StatusForbidden, "", "Ключ неверен", "Wrong key",
			"Такого ключа нет. Сверьте адрес на кассовом сервере с intake_key в настройках.",
			"There is no such key. Compare the cash server's address with intake_key in the configuration."}, true
	case TokenRequired:
		return Wording{http.StatusUnauthorized, bearerChallenge, "Нужен ключ API", "API key required",
			"Передайте ключ в заголовке Authorization: Bearer ob_….", "Send a key in the header Authorization: Bearer ob_…."}, true
	case TokenWrong:
		return Wording{http.StatusUnauthorized, bearerChallenge + `, error="invalid_token"`, "Ключ API не действует", "The API key is not valid",
			"Такого ключа нет, он отозван или его срок истёк. Выпустите новый: orderbell apikey create.",
			"There is no such key, or it is revoked or expired. Make a new one: orderbell apikey create."}, true
	case ScopeMissing:
		return Wording{http.StatusForbidden, "", "Ключу не хватает права", "The key lacks a scope",
			"Этот ключ не даёт права на такой вызов.", "This key does not permit this call."}, true
	case NotFound:
		return Wording{http.StatusNotFound, "", "Такого адреса нет", "No such address",
			"События кассового сервера принимаются по адресу /api/v4/kds/events.", "Events of the cash server are taken at /api/v4/kds/events."}, true
	case APIElsewhere:
		return Wording{http.StatusNotFound, "", "API не здесь", "The API is not here",
			"На адресе listen, открытом в сеть, только приём событий. API /api/v1 и страница управления — на адресе из настройки admin_listen, по умолчанию 127.0.0.1:11011.",
			"The address of listen, which is open to the network, only takes events. The API /api/v1 and the page are at the address of the setting admin_listen, 127.0.0.1:11011 by default."}, true
	case MethodNotAllowed:
		return Wording{http.StatusMethodNotAllowed, "", "Метод не подходит", "Method not allowed",
			"Этот адрес не отвечает на такой метод; допустимые — в заголовке Allow.", "This address does not answer that method; the header Allow has those it does."}, true
	case BodyTooSlow:
		return Wording{http.StatusRequestTimeout, "", "Тело пришло слишком медленно", "The body came too slowly",
			"Запрос не был передан целиком за отведённое время.", "The request was not sent in whole within the time allowed."}, true
	case BodyIncomplete:
		return Wording{http.StatusBadRequest, "", "Тело оборвано", "The body is incomplete",
			"Передача прервалась раньше, чем обещал заголовок.", "The transfer ended before what the header promised."}, true
	case BodyTooLarge:
		return Wording{http.StatusRequestEntityTooLarge, "", "Тело слишком велико", "The body is too large",
			"Для событий предел 1 МиБ, для контактов 64 КиБ.", "The limit is 1 MiB for events and 64 KiB for contacts."}, true
	case EncodingUnsupported:
		return Wording{http.StatusUnsupportedMediaType, "", "Сжатие не поддерживается", "Compression is not supported",
			"Передавайте тело без Content-Encoding.", "Send the body without a Content-Encoding."}, true
	case TypeUnsupported:
		return Wording{http.StatusUnsupportedMediaType, "", "Тип содержимого не подходит", "Unsupported content type",
			"Передавайте JSON в UTF-8 с заголовком Content-Type: application/json.", "Send JSON in UTF-8 with the header Content-Type: application/json."}, true
	case TooManyTries:
		return Wording{http.StatusTooManyRequests, "", "Слишком много попыток", "Too many tries",
			"С этого адреса слишком часто приходит неверный ключ. Подождите и исправьте ключ.", "Too many wrong keys came from this address. Wait, and correct the key."}, true
	case HeadersTooMany:
		return Wording{http.StatusRequestHeaderFieldsTooLarge, "", "Слишком много заголовков", "Too many headers",
			"Допустимо не больше 100 заголовков.", "At most 100 headers are allowed."}, true
	case InternalFault:
		return Wording{http.StatusInternalServerError, "", "Внутренняя ошибка", "Internal error",
			"Запрос не выполнен из-за ошибки в Orderbell; подробности в журнале по request_id.", "The request failed because of a fault in Orderbell; the log has more under request_id."}, true
	case StoreUnavailable:
		return Wording{http.StatusServiceUnavailable, "", "Хранилище недоступно", "The store is not available",
			"Сейчас ничего нельзя сохранить. Повторите через указанное в Retry-After время.", "Nothing can be stored now. Try again after the time in Retry-After."}, true
	case JSONMalformed:
		return Wording{http.StatusBadRequest, "", "Это не JSON", "This is not JSON",
			"Тело должно быть одним объектом JSON в UTF-8.", "The body must be one JSON object in UTF-8."}, true
	case OrderAmbiguous:
		return Wording{http.StatusConflict, "", "Заказов с таким номером несколько", "Several orders have this number",
			"Номеру соответствует больше одного открытого заказа. Укажите guid или visit и order_ident.",
			"The number fits more than one open order. Name the order by guid, or by visit and order_ident."}, true
	default:
		return Wording{}, false
	}
}

func (c Code) fieldWords() Wording {
	switch c {
	case FieldUnknown:
		return Wording{titleRU: "Лишнее поле", titleEN: "Unknown field",
			detailRU: "Такого поля нет; проверьте имя и регистр букв.", detailEN: "There is no such field; check its name and letter case."}
	case FieldTwice:
		return Wording{titleRU: "Поле повторяется", titleEN: "Field given twice",
			detailRU: "Поле указано дважды; оставьте одно.", detailEN: "The field is given twice; keep one."}
	case FieldInvalid:
		return Wording{titleRU: "Поле заполнено неверно", titleEN: "Invalid field",
			detailRU: "Значение не того вида, какой нужен здесь.", detailEN: "The value is not of the form that belongs here."}
	case FieldTooLong:
		return Wording{titleRU: "Поле слишком длинно", titleEN: "Field too long",
			detailRU: "Значение длиннее допустимого.", detailEN: "The value is longer than allowed."}
	case FieldRequired:
		return Wording{titleRU: "Поле не заполнено", titleEN: "Field required",
			detailRU: "Заполните это поле.", detailEN: "Fill in this field."}
	case PhoneMissing:
		return Wording{titleRU: "Нет телефона", titleEN: "Phone missing",
			detailRU: "Укажите phone, например +7XXXXXXXXXX.", detailEN: "Give phone, for example +7XXXXXXXXXX."}
	case PhoneInvalid:
		return Wording{titleRU: "Номер телефона не подходит", titleEN: "Invalid phone number",
			detailRU: "Это не номер мобильного телефона.", detailEN: "This is not a mobile phone number."}
	case ConsentMissing:
		return Wording{titleRU: "Нет согласия", titleEN: "Consent missing",
			detailRU: "Без согласия гостя номер не хранится; передайте consent с given: true, а отзыв согласия — с given: false.",
			detailEN: "Without the guest's consent a number is not kept; send consent with given: true, or a withdrawal with given: false."}
	case ConsentIncomplete:
		return Wording{titleRU: "Согласие описано не полностью", titleEN: "Consent incomplete",
			detailRU: "Согласие хранится как доказательство: укажите, на что оно дано (purpose).",
			detailEN: "Consent is kept as proof: say what it was given for (purpose)."}
	case OrderMissing:
		return Wording{titleRU: "Не указан заказ", titleEN: "Order missing",
			detailRU: "Укажите guid, или visit и order_ident, или number и restaurant_code.",
			detailEN: "Give guid, or visit and order_ident, or number and restaurant_code."}
	case OrderContradicts:
		return Wording{titleRU: "Рестораны не совпадают", titleEN: "The restaurants differ",
			detailRU: "restaurant_code указан дважды по-разному.", detailEN: "restaurant_code is given twice and differs."}
	case RestaurantMissing:
		return Wording{titleRU: "Не указан ресторан", titleEN: "Restaurant missing",
			detailRU: "Укажите restaurant_code: visit и order_ident не повторяются только внутри одного ресторана, а здесь известно несколько ресторанов или пока ни одного.",
			detailEN: "Give restaurant_code: visit and order_ident are unique only within one restaurant, and several are known here, or none yet."}
	default:
		return Wording{titleRU: "Поля заполнены неверно", titleEN: "Invalid fields",
			detailRU: "Что не так с каждым полем — в errors.", detailEN: "What is wrong with each field is in errors."}
	}
}
