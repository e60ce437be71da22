// Package resourcefile reads and writes resources as people keep them in files:
// YAML (or JSON) documents with kind, name and spec.
//
//	kind: Route
//	name: checkout
//	spec:
//	  match: {service: checkout}
//	  severity: SEV-2
//	  window: 30m
//
// Enumerations are in people's words, lengths of time as in 30m, times in RFC
// 3339. A document may also hold a list under "resources", as `bridgelog get -o
// yaml` writes it. What the server sets (id, revision, …) is passed over, so what
// was read can be applied again. Every error names file and line.
package resourcefile
