package openapi

import _ "embed"

//go:embed bridgelog.swagger.json
var document []byte

// Document returns the JSON document that is served as /openapi.json. The
// caller must not change the bytes.
func Document() []byte { return document }
