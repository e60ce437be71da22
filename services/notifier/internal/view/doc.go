// Package view keeps the incidents that somebody was told of, so that deliveries
// can be listed with their names. It is computed from the log alone and can be
// built anew at any time; nothing is sent because of it.
package view
