package cli

import (
	"errors"
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/app"
)

// thing is what may be asked for by name.
type thing string

const (
	noUser  thing = "user"
	noKey   thing = "key"
	noText  thing = "message"
	noOrder thing = "order"
	noEvent thing = "event"
)

// notThere says that it is not there, and where to see which there are.
var notThere = map[thing]word{
	noUser: {"пользователя %q нет; кто есть: orderbell user list", "there is no user %q; who there is: orderbell user list"},
	noKey:  {"ключа %q нет; какие есть: orderbell apikey list", "there is no key %q; which there are: orderbell apikey list"},
	noText: {"сообщения %q нет: ID неверен или срок хранения вышел; последние: orderbell message list",
		"there is no message %q: the ID is wrong or its retention has ended; the latest: orderbell message list"},
	noOrder: {"заказа %q нет: нужен номер, GUID или наш ID; что приходило: orderbell event list",
		"there is no order %q: give its number, its GUID or our ID; what has come: orderbell event list"},
	noEvent: {"события %q нет: ID неверен или срок хранения вышел; последние: orderbell event list",
		"there is no event %q: the ID is wrong or its retention has ended; the latest: orderbell event list"},
}

// absent puts into words that what was named is not there; any other error stays as it is.
func (s *session) absent(err error, what thing, name string) error {
	if errors.Is(err, app.ErrNoData) {
		return errors.New(word{
			"папки данных ещё нет: её создаст первый запуск шлюза; если она в другом месте, назовите её: --data",
			"there is no data folder yet: the first run makes it; if it is elsewhere, name it: --data",
		}.pick(s.lang))
	}
	if !app.Absent(err) {
		return err
	}
	return fmt.Errorf(notThere[what].pick(s.lang), oneLine(name, 100))
}
