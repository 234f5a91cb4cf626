package httpapi

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"github.com/orderbell/orderbell/gateway/internal/adminapi"
)

// mountAdmin serves the admin's calls and their OpenAPI document.
func (s *Server) mountAdmin() {
	api := adminapi.New(humaecho.NewV4(s.echo, adminapi.Config(s.opt.Version)), adminapi.Options{
		Services: s.opt.Admin, Guard: s.opt.Guard, Log: s.log, Version: s.opt.Version,
	})
	for _, call := range api.Calls() {
		who := Access(call.May)
		if call.May == "" {
			who = Public
		}
		s.routes = append(s.routes, Route{Method: call.Method, Path: call.Path, Access: who})
	}
	document, err := api.Document()
	s.add(http.MethodGet, "/openapi.json", Public, func(c echo.Context) error {
		if err != nil {
			return err
		}
		return c.JSONBlob(http.StatusOK, document)
	})
}

// Document gives the OpenAPI 3.1 document of the admin's calls.
func Document(version string) ([]byte, error) {
	api := humaecho.NewV4(echo.New(), adminapi.Config(version))
	return adminapi.New(api, adminapi.Options{Version: version}).Document()
}
