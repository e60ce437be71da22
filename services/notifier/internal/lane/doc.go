// Package lane drains what is to be delivered, one lane for each receiver.
//
// A River job is a wake-up of one lane: it takes the receiver's lease, delivers
// what is due until nothing is, and leaves a job behind for the next retry. A job
// that finds the lease taken ends at once, and the lane that has it looks again
// before it goes; so a slow receiver holds one worker and nobody else's. A lease
// that was never given back, because its process died, is ended as soon as the
// database has missed the process for two seconds, and otherwise runs out; a sweep
// wakes what nobody attends to.
package lane
