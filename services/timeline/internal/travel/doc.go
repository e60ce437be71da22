// Package travel reads which moment a request is about, and shows an incident as it was
// then.
package travel
