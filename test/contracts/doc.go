// Package contracts checks what stands around the protos: that the rules in our
// schemas are read at run time as they were compiled.
package contracts
