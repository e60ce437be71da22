// Command bridgelog is the incident log in one binary. `bridgelog up` runs the
// whole system on this machine and `bridgelog serve` runs chosen services of it;
// every other command is a client of a system.
package main
