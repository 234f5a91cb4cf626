package app

import (
	"fmt"

	"github.com/orderbell/orderbell/gateway/internal/config"
)

// checkExposed warns of an intake that is open to other machines and lets none of them in.
func checkExposed(cfg *config.Config) []Finding {
	if !cfg.Exposed() || cfg.HasIntakeKey() {
		return nil
	}
	return []Finding{{Part: "listen", Name: cfg.Listen, OK: true, Warn: true, Text: Text{
		RU: fmt.Sprintf("адрес %s виден другим компьютерам, но ключа приёма нет: их кассовым серверам будет отказано. Задайте ресторану intake_key, от 16 знаков, на странице «Рестораны» или в orderbell.yaml", cfg.Listen),
		EN: fmt.Sprintf("other machines can reach %s, but there is no intake key: their cash servers are refused. Give the restaurant an intake_key of 16 characters or more, on the page Restaurants or in orderbell.yaml", cfg.Listen),
	}}}
}
