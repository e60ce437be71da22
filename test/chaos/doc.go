// Package chaos breaks the running system on purpose and checks what it promised:
// nothing acknowledged is lost, nothing is done twice, and what is wrong says so. Its servers
// run without the race detector, since they start hundreds of times; those of package e2e
// run with it.
package chaos
