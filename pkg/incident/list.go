package incident

import "slices"

// chunkSize is a compromise between what an append copies (half of it on
// average) and how deep long lists get.
const chunkSize = 32

// list is a sequence that can be shared: no method changes what another holder
// of the same list sees. Appending and replacing copy one chunk, so a fold of n
// events costs O(n). The zero value is empty.
type list[T any] struct {
	full []*[chunkSize]T // never written once it is reachable
	tail []T             // fewer than chunkSize; never written once it is reachable
}

// size returns the number of elements.
func (l list[T]) size() int { return len(l.full)*chunkSize + len(l.tail) }

// at returns element i, which must exist.
func (l list[T]) at(i int) T {
	if c := i / chunkSize; c < len(l.full) {
		return l.full[c][i%chunkSize]
	}
	return l.tail[i%chunkSize]
}

// with returns the list with v appended.
func (l list[T]) with(v T) list[T] {
	if len(l.tail) == chunkSize-1 {
		chunk := new([chunkSize]T)
		copy(chunk[:], l.tail)
		chunk[chunkSize-1] = v
		return list[T]{full: append(slices.Clip(l.full), chunk)}
	}
	tail := make([]T, len(l.tail)+1)
	copy(tail, l.tail)
	tail[len(l.tail)] = v
	return list[T]{full: l.full, tail: tail}
}

// set returns the list with element i, which must exist, replaced by v.
func (l list[T]) set(i int, v T) list[T] {
	if c := i / chunkSize; c < len(l.full) {
		full := make([]*[chunkSize]T, len(l.full))
		copy(full, l.full)
		chunk := *l.full[c]
		chunk[i%chunkSize] = v
		full[c] = &chunk
		return list[T]{full: full, tail: l.tail}
	}
	tail := make([]T, len(l.tail))
	copy(tail, l.tail)
	tail[i%chunkSize] = v
	return list[T]{full: l.full, tail: tail}
}

// find returns the index of the first element that matches, or -1.
func (l list[T]) find(match func(T) bool) int {
	for i := range l.size() {
		if match(l.at(i)) {
			return i
		}
	}
	return -1
}
