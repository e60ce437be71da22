// Package chaos breaks the running system on purpose and checks what it promised:
// nothing acknowledged is lost, nothing is done twice, and what is wrong says so.
package chaos
