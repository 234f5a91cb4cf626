package httpapi

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/adminapi"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// maxContactBody bounds a contact binding, in bytes.
const maxContactBody = 64 << 10

// postContact binds a phone, with the consent to use it, to an order that may not be known yet.
func (s *Server) postContact(c echo.Context) error {
	r := c.Request()
	by, err := s.binder(r)
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
	binding, err := readBinding(body, by, s.opt.Now())
	if err != nil {
		return err
	}
	id, err := s.opt.Contacts.Bind(r.Context(), binding)
	var kind interface{ Ambiguous() bool }
	switch {
	case err == nil:
		return answerJSON(c, http.StatusCreated, struct {
			ContactID string `json:"contact_id"`
		}{id})
	case errors.As(err, &kind) && kind.Ambiguous():
		return problem.Refuse(problem.OrderAmbiguous)
	default:
		return &problem.Refusal{Code: problem.StoreUnavailable, Retry: retryAfter, Cause: err}
	}
}

// binder tells who binds a contact: the name of an API key, or of the person at the screen.
func (s *Server) binder(r *http.Request) (string, error) {
	secret := ""
	if s.opt.Guard != nil && len(r.Header["Authorization"]) == 0 {
		secret = adminapi.SessionSecret(r.Header.Get("Cookie"), r.TLS != nil)
	}
	if secret == "" {
		holder, err := s.authorize(r, access.ContactsWrite)
		if err != nil {
			return "", err
		}
		return holder.Name, nil
	}
	who, err := s.opt.Guard.Identify(r.Context(), adminapi.Credentials{Session: secret, Remote: remote(r).String()})
	switch {
	case err != nil:
		return "", err
	case who.Kind == "":
		return "", problem.Refuse(problem.LoginRequired)
	case !who.May(access.ContactsWrite):
		return "", problem.Refuse(problem.NotAllowed)
	default:
		return who.Name, nil
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
