// Package readable shows a stored event as JSON, for exports. The stored bytes
// are what counts; this form stands beside them for people and scripts.
package readable
