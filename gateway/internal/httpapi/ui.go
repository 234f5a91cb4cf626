package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/web"
)

// mountPage serves the admin's screen at every address that no call owns: which views there are is the
// screen's own business. Without a build of it there is none.
func (s *Server) mountPage() {
	site, err := web.New()
	if err != nil {
		s.log.Error("the admin's screen cannot be served", "cause", err)
	}
	if site == nil {
		return
	}
	s.page = site
}

// servedPage answers with the admin's screen, or a file of it, where the router found no call, and tells
// whether it did. It is no route of the router's: a wrong method of a call must remain just that.
func (s *Server) servedPage(missing *echo.HTTPError, c echo.Context) bool {
	return missing.Code == http.StatusNotFound && s.page != nil && s.page.Serve(c.Response(), c.Request())
}
