package app

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/go-hclog"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/store"
)

// keptBalance is what an account held when somebody last asked. It outlives a restart: an old figure with
// its time says more than none.
type keptBalance struct {
	Provider string           `json:"provider"` // another one under the same name holds something else
	Balance  adminapi.Balance `json:"balance"`
}

func balanceKey(account string) string { return "balance:" + account }

// lastBalance gives what the account held when last asked; nil: nobody asked since it has these settings.
func lastBalance(ctx context.Context, db *store.DB, log hclog.Logger, account, provider string) *adminapi.Balance {
	text, err := db.State(ctx, balanceKey(account))
	if err != nil || text == "" {
		return nil // a list of accounts is worth more than a figure in it
	}
	var kept keptBalance
	if err := json.Unmarshal([]byte(text), &kept); err != nil {
		log.Error("the balance that was last asked for cannot be read", "account", account, "error", err)
		return nil
	}
	if kept.Provider != provider {
		return nil
	}
	return &kept.Balance
}

func (s *accountService) keepBalance(ctx context.Context, account, provider string, balance adminapi.Balance) error {
	text, err := json.Marshal(keptBalance{Provider: provider, Balance: balance})
	if err != nil {
		return err
	}
	return s.db.SetState(ctx, balanceKey(account), string(text))
}

// forgetBalance is for an account with other settings, or none: what was held may be somebody else's.
func (s *accountService) forgetBalance(ctx context.Context, account string) error {
	return s.db.SetState(ctx, balanceKey(account), "")
}
