// Package command is the only writer of the log: it validates what people and
// machines ask for, decides, and appends.
//
// It serves CommandService (incidents), CatalogService (configuration) and
// AlertService (the life of alerts), and needs nothing but the log and the
// catalog folded from it, so incidents can be declared and worked on while every
// database is down. Any number of processes may run beside each other.
package command
