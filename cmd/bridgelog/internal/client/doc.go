// Package client finds a Bridgelog system and connects to it.
//
// A system is found by, in this order: flags (--server, --data-dir or
// --context, --token), the environment (BRIDGELOG_SERVER, BRIDGELOG_TOKEN), the
// current context, and endpoints.json of the data directory, which `bridgelog
// up` writes while it runs. Contexts are kept in contexts.yaml of the
// configuration directory with mode 0600, as they hold tokens.
package client
