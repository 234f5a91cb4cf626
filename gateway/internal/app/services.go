package app

import "github.com/orderbell/orderbell/gateway/internal/adminapi"

// services are what the admin's calls call.
func (a *App) services() adminapi.Services {
	return adminapi.Services{
		SignIn: a.guard, Sessions: a.guard, Users: a.guard, Passwords: a.guard, Factor: a.guard, Keys: a.guard, Audit: a.guard,
	}
}
