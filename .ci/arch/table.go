package main

// The walls of Orderbell. docs/adr/0001 says why they stand here; this text is what is enforced.
//
// "internal/x" is short for gateway/internal/x; "p/*" is any package one level under p; "p/..." is p
// and everything under it; PURE is the pure core, KITS are the packages that only test files import.
// Lines that begin with # are remarks.
//
// packages: the first line that fits a package is its line; a package that fits none is a violation.
// The middle column is complete: what it does not name must not be imported from this module. The
// last column says what may come from elsewhere: "pure" is the standard library without disk, network,
// clock of the machine and process; "std" is the standard library; "open" is anything that is not
// guarded below. Names after these words are added. "tests" names what test files may import beside
// the middle column, their own package and KITS.
const packages = `
internal/order           | -                                   | pure
internal/contact         | -                                   | pure github.com/nyaruka/phonenumbers log/slog
internal/message         | internal/contact                    | pure
internal/kds             | internal/order                      | pure golang.org/x/text golang.org/x/net/html/charset
internal/rule            | internal/message internal/contact internal/order internal/kds | pure
internal/access          | -                                   | pure
internal/config          | PURE                                | open
internal/vault           | -                                   | open
internal/settings        | PURE internal/config internal/vault internal/store internal/problem | open
internal/child           | -                                   | open
internal/store           | PURE                                | open
internal/store/storetest | PURE internal/store                 | open
internal/script          | PURE internal/child scripts/...     | open
internal/provider        | PURE internal/child sdk sdk/host    | open
internal/pipeline        | PURE                                | open
internal/lunch           | PURE                                | pure golang.org/x/text math/rand/v2
internal/problem         | -                                   | pure net/http
internal/guard           | PURE internal/problem               | open | tests internal/store
internal/adminapi        | PURE internal/problem               | open
internal/live            | -                                   | open
internal/screen          | PURE internal/store internal/live internal/adminapi internal/problem | open
internal/httpapi         | PURE internal/web internal/problem internal/adminapi | open
internal/web             | -                                   | open
internal/app             | PURE internal/* sdk sdk/host scripts/... examples/events | open | tests sdk/sdktest/operators sdk/sdktest/operators/*
internal/app/apptest     | PURE internal/app internal/lunch     | open
internal/scaffold        | -                                   | std
internal/simulator       | sdk/sdktest/operators sdk/sdktest/operators/* | open
internal/cli             | PURE internal/app internal/config internal/lunch internal/scaffold internal/simulator | open
gateway/cmd/orderbell    | internal/cli                        | std
sdk                      | sdk/internal/*                      | open
sdk/host                 | sdk sdk/internal/*                  | open
sdk/sdktest              | sdk sdk/host sdk/internal/*         | open
sdk/sdktest/operators    | -                                   | std
sdk/sdktest/operators/smpp | sdk/sdktest/operators             | std github.com/linxGnu/gosmpp golang.org/x/text
sdk/sdktest/operators/*  | sdk/sdktest/operators               | std
sdk/internal/*           | sdk/internal/*                      | open
plugins/smpp             | sdk                                 | std github.com/linxGnu/gosmpp golang.org/x/text golang.org/x/time | tests sdk/host sdk/sdktest/operators sdk/sdktest/operators/*
plugins/*                | sdk                                 | std | tests sdk/host sdk/sdktest/operators sdk/sdktest/operators/*
examples/provider-*      | sdk                                 | std | tests sdk/host
examples/events          | -                                   | std
scripts/...              | -                                   | std
`

// guards: what is named on the left may be imported only by what is named on the right, and may be
// reached by others only through those. "via" names libraries that bring it along harmlessly.
const guards = `
github.com/dop251/goja           | internal/script
github.com/dlclark/regexp2       | internal/script
github.com/labstack/echo         | internal/httpapi internal/web
github.com/danielgtaylor/huma    | internal/adminapi internal/httpapi
github.com/hashicorp/go-plugin   | internal/child sdk/...
google.golang.org/grpc           | internal/child sdk/...
google.golang.org/protobuf       | sdk/... | via github.com/nyaruka/phonenumbers google.golang.org/grpc github.com/hashicorp/go-plugin
database/sql                     | internal/store internal/store/storetest
modernc.org/sqlite               | internal/store internal/store/storetest
github.com/pressly/goose         | internal/store internal/store/storetest
github.com/jackc/pgx             | internal/store internal/store/storetest
github.com/alecthomas/kong       | internal/cli
testing                          | KITS | via github.com/hashicorp/go-plugin
`

// never: no chain of imports, however long, leads from the left to the right. It holds for test files
// too, in their own imports, but for KITS.
const never = `
internal/httpapi           | internal/pipeline internal/provider internal/script internal/store
internal/pipeline          | internal/httpapi internal/provider internal/script internal/store
internal/provider          | internal/httpapi internal/pipeline internal/script internal/store
internal/script            | internal/httpapi internal/pipeline internal/provider internal/store
internal/store             | internal/httpapi internal/pipeline internal/provider internal/script
sdk/...                    | gateway/... plugins/...
plugins/*                  | gateway/... plugins/*
examples/...               | gateway/... plugins/*
gateway/...                | plugins/...
...                        | KITS
`

// What PURE and KITS stand for.
const (
	pureCore = "internal/kds internal/order internal/contact internal/message internal/rule internal/access"
	testKits = "internal/store/storetest internal/app/apptest sdk/sdktest"
)

// impure is the part of the standard library that a pure package must not import.
const impure = `os/... net net/http/... net/rpc/... net/smtp net/textproto database/... syscall path/filepath
	log/... plugin math/rand/... io/ioutil runtime/... testing/... unsafe embed crypto/tls`
