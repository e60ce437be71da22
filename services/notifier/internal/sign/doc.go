// Package sign signs what is sent, as the Standard Webhooks specification says.
package sign
