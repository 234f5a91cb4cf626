package cli

import "github.com/orderbell/orderbell/gateway/internal/app"

type openapiCommand struct{}

func (c *openapiCommand) Run(s *session) error {
	document, err := app.OpenAPI(s.Version)
	if err != nil {
		return err
	}
	_, err = s.out.Write(document)
	return err
}
