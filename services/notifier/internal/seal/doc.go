// Package seal encrypts secrets that have to be kept, with a key that is not kept
// beside them: AES-256-GCM, bound to the name of what is sealed.
package seal
