// Package row states the rows of the read model: a folded view plus the columns
// that queries filter and sort by. The live projection and the rebuild write the
// same rows, made here.
package row
