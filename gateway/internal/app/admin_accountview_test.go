package app

import (
	"testing"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/message"
)

func TestABalanceLastsAsLongAsTheLastWeekWouldTake(t *testing.T) {
	t.Parallel()
	rub := func(units int64, nanos int32) message.Money {
		return message.Money{Units: units, Nanos: nanos, Currency: "RUB"}
	}
	held := func(m message.Money) *adminapi.Balance {
		money := adminapi.Money(m)
		return &adminapi.Balance{Money: &money}
	}
	tests := []struct {
		name    string
		balance *adminapi.Balance
		week    message.Money
		want    int // -1: not known
	}{
		{"a week's spending lasts a week", held(rub(70, 0)), rub(70, 0), 7},
		{"part of a day does not count", held(rub(19, 900_000_000)), rub(70, 0), 1},
		{"kopecks count", held(rub(1, 0)), rub(0, 500_000_000), 14},
		{"a debt lasts no day", held(rub(-5, 0)), rub(70, 0), 0},
		{"nobody asked for the balance", nil, rub(70, 0), -1},
		{"a balance without an amount", &adminapi.Balance{Credits: "∞"}, rub(70, 0), -1},
		{"nothing was spent", held(rub(70, 0)), message.Money{}, -1},
		{"another currency", held(rub(70, 0)), message.Money{Units: 1, Currency: "USD"}, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := -1
			if days := daysLeft(tt.balance, tt.week); days != nil {
				got = *days
			}
			if got != tt.want {
				t.Errorf("got %d days, want %d", got, tt.want)
			}
		})
	}
}
