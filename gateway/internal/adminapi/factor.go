package adminapi

import (
	"context"

	"github.com/orderbell/orderbell/gateway/internal/access"
)

// FactorState is how it stands with one's second factor.
type FactorState struct {
	On    bool `json:"on"`
	Codes int  `json:"recovery_codes" doc:"Those that are left."`
}

// FactorOffer is what an authenticator app needs; shown once.
type FactorOffer struct {
	Secret string `json:"secret" doc:"Base 32, to be typed in."`
	URI    string `json:"uri" doc:"otpauth://"`
	QR     string `json:"qr" doc:"The same as a picture: data:image/png;base64,…"`
}

// RecoveryCodes each let in once without the app; shown once.
type RecoveryCodes struct {
	Codes []string `json:"recovery_codes" nullable:"false"`
}

// Factor is the caller's own second factor.
type Factor interface {
	TOTP(ctx context.Context, who access.Call) (access.FactorState, error)
	BeginTOTP(ctx context.Context, who access.Call) (access.SecondFactor, error)
	ConfirmTOTP(ctx context.Context, who access.Call, code string) ([]string, error)
	DisableTOTP(ctx context.Context, who access.Call, password string) error
}

type codeBody struct {
	Code string `json:"code" minLength:"1" maxLength:"64" doc:"Six digits of the app."`
}

func (a *API) factor() {
	s := a.opt.Services.Factor
	add(a, call{id: "get-totp", method: "GET", path: "/totp", tag: "Session", summary: "How it stands with my second factor", may: access.Self},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[FactorState], error) {
			state, err := s.TOTP(ctx, who.call())
			return answered(FactorState{On: state.On, Codes: state.Codes}, err)
		})
	add(a, call{id: "begin-totp", method: "POST", path: "/totp", tag: "Session", summary: "Offer me a second factor; it counts once a code of it is given", may: access.Self, fresh: true, own: true},
		func(ctx context.Context, who Caller, _ *struct{}) (*body[FactorOffer], error) {
			offer, err := s.BeginTOTP(ctx, who.call())
			return answered(FactorOffer{Secret: offer.Secret, URI: offer.URI, QR: offer.QR}, err)
		})
	add(a, call{id: "confirm-totp", method: "POST", path: "/totp/confirm", tag: "Session", summary: "Switch the offered second factor on; gives the recovery codes, once", may: access.Self, fresh: true, own: true},
		func(ctx context.Context, who Caller, in *body[codeBody]) (*body[RecoveryCodes], error) {
			codes, err := s.ConfirmTOTP(ctx, who.call(), in.Body.Code)
			return answered(RecoveryCodes{Codes: codes}, err)
		})
	add(a, call{id: "disable-totp", method: "DELETE", path: "/totp", tag: "Session", summary: "Switch my second factor off, with the password", may: access.Self, own: true},
		func(ctx context.Context, who Caller, in *body[passwordBody]) (*nothing, error) {
			return &nothing{}, s.DisableTOTP(ctx, who.call(), in.Body.Password)
		})
}
