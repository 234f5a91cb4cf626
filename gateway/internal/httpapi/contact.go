package httpapi

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/contact"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// maxContactBody bounds a contact binding, in bytes.
const maxContactBody = 64 << 10

// postContact binds a phone, with the consent to use it, to an order that may not be known yet. The audit
// log has a line about each binding that a person at the screen makes. It has none about those of API keys:
// a QR menu makes one with every order, thousands a day, which would bury what people do; who made each of
// them is kept with the consent, which names the key.
func (s *Server) postContact(c echo.Context) error {
	r := c.Request()
	who, err := s.binder(r)
	if err != nil {
		return err
	}
	if !isJSON(r.Header["Content-Type"]) {
		return problem.Refuse(problem.TypeUnsupported)
	}
	body, err := readBody(c.Response(), r, maxContactBody)
	if err != nil {
		return err
	}
	binding, err := readBinding(body, who.Name, s.opt.Now())
	if err != nil {
		return err
	}
	if binding, err = s.place(r.Context(), binding); err != nil {
		return err
	}
	id, err := s.bind(r.Context(), binding, who.Record("contacts.bind-contact", orderOf(binding)))
	if err != nil {
		return err
	}
	return answerJSON(c, http.StatusCreated, struct {
		ContactID string `json:"contact_id"`
	}{id})
}

// place finds the restaurant of a binding that names its order by visit and ident alone. They are unique
// only within a restaurant, so they count when exactly one is known. Otherwise they are refused: small
// numbers that two cash servers both give out would hand a guest's phone to somebody else's order, and one
// that waits under no restaurant waits for ever. Beside a GUID they are dropped instead; a withdrawal needs
// no order.
func (s *Server) place(ctx context.Context, b contact.Binding) (contact.Binding, error) {
	if b.Visit == "" || b.Restaurant != "" || !b.Consent.Given {
		return b, nil
	}
	only := false
	if s.opt.OnlyRestaurant != nil {
		var err error
		if b.Restaurant, only, err = s.opt.OnlyRestaurant(ctx); err != nil {
			return b, bindingRefused(err)
		}
	}
	switch {
	case only:
	case b.GUID != "":
		b.Visit, b.Ident = "", ""
	default:
		return b, &problem.Refusal{Code: problem.RestaurantMissing,
			Fields: []problem.FieldFault{{Field: "restaurant_code", Code: problem.RestaurantMissing}}}
	}
	return b, nil
}

// bind keeps a binding. Of what a person does the audit log has a line.
func (s *Server) bind(ctx context.Context, b contact.Binding, line access.Record) (id string, err error) {
	if line.Kind != access.KindUser {
		if id, err = s.opt.Contacts.Bind(ctx, b); err != nil {
			return "", bindingRefused(err)
		}
		return id, nil
	}
	begun, err := s.opt.Admin.Audit.Begin(ctx, line)
	if err != nil {
		return "", err
	}
	if id, err = s.opt.Contacts.Bind(ctx, b); err != nil {
		refused := bindingRefused(err)
		return "", errors.Join(refused, s.opt.Admin.Audit.End(ctx, begun, line.Refused(string(refused.Code))))
	}
	if err := s.opt.Admin.Audit.End(ctx, begun, line); err != nil {
		s.opt.Log.Error("the audit log does not say yet how a binding ended", "error", err)
	}
	return id, nil
}

// orderOf names the order of a binding: what was said of it, the surest first.
func orderOf(b contact.Binding) string {
	switch {
	case b.GUID != "":
		return b.GUID
	case b.Visit != "":
		return b.Visit + "/" + b.Ident
	default:
		return b.Restaurant + "/" + b.Number
	}
}

func bindingRefused(err error) *problem.Refusal {
	var kind interface{ Ambiguous() bool }
	if errors.As(err, &kind) && kind.Ambiguous() {
		return &problem.Refusal{Code: problem.OrderAmbiguous}
	}
	return &problem.Refusal{Code: problem.StoreUnavailable, Retry: retryAfter, Cause: err}
}

// binder tells who binds a contact: the holder of an API key, or the person at the screen.
func (s *Server) binder(r *http.Request) (access.Call, error) {
	who := access.Call{From: remote(r).String(), Agent: r.UserAgent(), RequestID: r.Header.Get(adminapi.RequestID)}
	secret := ""
	if s.opt.Guard != nil && len(r.Header["Authorization"]) == 0 {
		secure := r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") // as the admin's calls have it
		secret = adminapi.SessionSecret(r.Header.Get("Cookie"), secure)
	}
	if secret == "" {
		holder, err := s.authorize(r, access.ContactsWrite)
		if err == nil {
			who.Principal = holder.Principal()
		}
		return who, err
	}
	person, err := s.opt.Guard.Identify(r.Context(), adminapi.Credentials{Session: secret, Remote: who.From})
	switch {
	case err != nil:
		return who, err
	case person.Kind == "":
		return who, problem.Refuse(problem.LoginRequired)
	case !person.May(access.ContactsWrite):
		return who, problem.Refuse(problem.NotAllowed)
	default:
		who.Principal = person
		return who, nil
	}
}

// isJSON tells whether the body is said to be JSON in UTF-8. A browser's form cannot say so.
func isJSON(types []string) bool {
	if len(types) != 1 {
		return false
	}
	kind, parameters, err := mime.ParseMediaType(types[0])
	charset, said := parameters["charset"]
	return err == nil && kind == "application/json" && (!said || strings.EqualFold(charset, "utf-8"))
}
