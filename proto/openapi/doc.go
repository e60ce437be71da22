// Package openapi carries the OpenAPI 2.0 document of every Bridgelog RPC as it
// is reached by POST /package.Service/Method with a JSON body.
//
// The document is generated from the protos by `make generate`. The package
// does not serve it: whoever opens an HTTP port does.
package openapi
