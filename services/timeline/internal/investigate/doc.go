// Package investigate answers what may have caused an incident, and what else it may hit.
// It brings together the incidents, the changes and the services of the catalog; the
// judging is that of packages suspect and servicegraph.
package investigate
