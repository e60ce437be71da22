// Package answer serves timeline.v1.TimelineService: it turns requests into
// queries of the read model, travels in time with the histories of incidents, and
// puts in the names of today.
//
// Who may see what is decided by the store in every query; what a caller may not
// see is answered as if it did not exist.
package answer
