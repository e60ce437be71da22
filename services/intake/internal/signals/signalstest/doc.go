// Package signalstest is what every [signals.Store] has to do.
package signalstest
