// Package contracts checks what stands around the protos: that the rules in our
// schemas are read at run time as they were compiled, and that a change which breaks
// what is released is noticed.
package contracts
