// Package changeanswer answers reads of changes.
package changeanswer
