package app

import "github.com/orderbell/orderbell/gateway/internal/httpapi"

// OpenAPI gives the OpenAPI 3.1 document of the admin's calls, as the gateway serves it at /openapi.json.
func OpenAPI(version string) ([]byte, error) { return httpapi.Document(version) }
