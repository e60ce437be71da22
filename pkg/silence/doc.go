// Package silence says which alerts call nobody for a while: those of a silence, and
// those of services under planned maintenance.
//
// It is pure: what there is comes from the catalog, alerts from whoever asks, and the
// time with the question. It does not say what becomes of an alert that is concerned;
// intake does.
package silence
