package httpapi

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/orderbell/orderbell/gateway/internal/access"
	"github.com/orderbell/orderbell/gateway/internal/problem"
)

// authorize finds the API key of a request and checks that it holds the permission.
func (s *Server) authorize(r *http.Request, asked access.Permission) (*access.Key, error) {
	from, now := remote(r), s.opt.Now()
	if s.failures.blocked(from, now) {
		return nil, &problem.Refusal{Code: problem.TooManyTries, Retry: retryAfter}
	}
	secret, ok := bearerToken(r.Header["Authorization"])
	if !ok {
		return nil, problem.Refuse(problem.TokenRequired)
	}
	key, err := s.findKey(r, access.HashSecret(secret))
	switch {
	case err != nil:
		return nil, &problem.Refusal{Code: problem.StoreUnavailable, Retry: retryAfter, Cause: err}
	case key == nil:
		s.failures.failed(from, now)
		return nil, problem.Refuse(problem.TokenWrong)
	case !key.Valid(now):
		return nil, problem.Refuse(problem.TokenWrong)
	case key.May(asked, now):
		return key, nil
	default:
		return nil, problem.Refuse(problem.ScopeMissing)
	}
}

// findKey looks among the declared keys, all of them in the same time, and then in the store. What is
// compared are hashes, so that time tells nothing about a key.
func (s *Server) findKey(r *http.Request, hash string) (*access.Key, error) {
	var found *access.Key
	for i := range s.opt.Declared {
		if subtle.ConstantTimeCompare([]byte(s.opt.Declared[i].Hash), []byte(hash)) == 1 {
			found = &s.opt.Declared[i]
		}
	}
	if found != nil {
		return found, nil
	}
	return s.opt.Keys.FindKey(r.Context(), hash)
}

// bearerToken reads the one Authorization header of a request.
func bearerToken(headers []string) (string, bool) {
	const longest = 256
	if len(headers) != 1 || len(headers[0]) > longest {
		return "", false
	}
	scheme, token, found := strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	if !found || !strings.EqualFold(scheme, "Bearer") || token == "" || strings.ContainsAny(token, " \t") {
		return "", false
	}
	return token, true
}
