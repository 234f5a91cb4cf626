package adminapi

import (
	"context"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// ByName names one thing in the path.
type ByName struct {
	Name string `path:"name" maxLength:"64"`
}

// Checked is what a check of settings found.
type Checked struct {
	Findings []Finding `json:"findings" nullable:"false"`
	Balance  *Balance  `json:"balance,omitempty"`
}

type accountBody struct {
	Body Account
}

type accountSave struct {
	ByName
	Body Account
}

func (a *API) accounts() {
	s := a.opt.Services.Accounts
	add(a, call{id: "list-accounts", method: "GET", path: "/accounts", tag: "Accounts", summary: "Accounts without their secrets", may: access.AccountsRead},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[[]Account], error) {
			return answered(s.Accounts(ctx, who.Language))
		})
	add(a, call{id: "get-account", method: "GET", path: "/accounts/{name}", tag: "Accounts", summary: "One account", may: access.AccountsRead},
		func(ctx context.Context, who Caller, in *ByName) (*body[Account], error) {
			return answered(find(ctx, s, in.Name, who.Language))
		})
	add(a, call{id: "create-account", method: "POST", path: "/accounts", tag: "Accounts", summary: "Make an account; it holds at once", may: access.AccountsWrite, told: true, status: 201},
		func(ctx context.Context, who Caller, in *accountBody) (*body[Account], error) {
			in.Body.Revision = 0
			return answered(s.SaveAccount(ctx, who, in.Body))
		})
	add(a, call{id: "put-account", method: "PUT", path: "/accounts/{name}", tag: "Accounts", summary: "Change an account; it holds at once", may: access.AccountsWrite, told: true},
		func(ctx context.Context, who Caller, in *accountSave) (*body[Account], error) {
			if in.Body.Name != in.Name || in.Body.Revision == 0 {
				return nil, problem.RefuseField("name", problem.FieldInvalid)
			}
			return answered(s.SaveAccount(ctx, who, in.Body))
		})
	add(a, call{id: "delete-account", method: "DELETE", path: "/accounts/{name}", tag: "Accounts", summary: "Remove an account", may: access.AccountsWrite, fresh: true, told: true},
		func(ctx context.Context, who Caller, in *ByName) (*nothing, error) {
			return &nothing{}, s.DeleteAccount(ctx, who, in.Name)
		})
	a.accountUse(s)
}

func (a *API) accountUse(s AccountUse) {
	type estimate struct {
		ByName
		Body struct {
			Text  string `json:"text" minLength:"1" maxLength:"2000"`
			Phone string `json:"phone" maxLength:"32"`
		}
	}
	type test struct {
		ByName
		Body struct {
			Phone string `json:"phone" minLength:"3" maxLength:"32"`
			Text  string `json:"text,omitempty" maxLength:"1000" doc:"Empty: a standing text."`
		}
	}
	add(a, call{id: "check-settings", method: "POST", path: "/accounts/check", tag: "Accounts", summary: "Check settings that are not saved", may: access.AccountsWrite, dry: true},
		func(ctx context.Context, who Caller, in *accountBody) (*body[Checked], error) {
			findings, balance, err := s.CheckSettings(ctx, in.Body, who.Language)
			return answered(Checked{Findings: some(findings), Balance: balance}, err)
		})
	add(a, call{id: "check-account", method: "POST", path: "/accounts/{name}/check", tag: "Accounts", summary: "Have the provider log in, without sending", may: access.AccountsUse, dry: true},
		func(ctx context.Context, who Caller, in *ByName) (*body[Checked], error) {
			findings, err := s.CheckAccount(ctx, in.Name, who.Language)
			return answered(Checked{Findings: some(findings)}, err)
		})
	add(a, call{id: "account-balance", method: "POST", path: "/accounts/{name}/balance", tag: "Accounts", summary: "Ask the provider for the balance", may: access.AccountsUse, dry: true},
		func(ctx context.Context, who Caller, in *ByName) (*body[Balance], error) {
			return answered(s.AccountBalance(ctx, in.Name, who.Language))
		})
	add(a, call{id: "estimate-text", method: "POST", path: "/accounts/{name}/estimate", tag: "Accounts", summary: "Ask the provider what a text would cost", may: access.AccountsUse, dry: true},
		func(ctx context.Context, who Caller, in *estimate) (*body[Estimate], error) {
			return answered(s.EstimateText(ctx, in.Name, in.Body.Text, in.Body.Phone, who.Language))
		})
	add(a, call{id: "send-test-message", method: "POST", path: "/accounts/{name}/test-message", tag: "Accounts", summary: "Send one real text by hand", may: access.AccountsUse},
		func(ctx context.Context, who Caller, in *test) (*body[TestResult], error) {
			return answered(s.SendTest(ctx, who, in.Name, in.Body.Phone, in.Body.Text))
		})
}

func find(ctx context.Context, s Accounts, name, lang string) (Account, error) {
	all, err := s.Accounts(ctx, lang)
	if err != nil {
		return Account{}, err
	}
	for _, account := range all {
		if account.Name == name {
			return account, nil
		}
	}
	return Account{}, problem.Refuse(problem.NoSuchThing)
}

func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
