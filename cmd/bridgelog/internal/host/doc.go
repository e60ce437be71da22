// Package host runs the services: all of them with an embedded NATS server and
// a private Postgres (`bridgelog up`), or chosen ones against real servers
// (`bridgelog serve`).
//
// It is the rim of the system: it reads settings, opens listeners and
// connections, hands them to the services, and stops everything in the opposite
// order. It decides nothing about incidents.
package host
