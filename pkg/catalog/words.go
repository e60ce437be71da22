package catalog

import (
	"slices"
	"strconv"

	"github.com/bridgelog/bridgelog/pkg/auth"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

func quote(s string) string { return strconv.Quote(s) }

func roleTitle(r authv1.AccountRole) string { return auth.RoleName(r) }

// Nearest returns the names that somebody may have meant, best first: those at
// most two slips of the keyboard away, and those that begin alike.
func Nearest(name string, known []string) []string {
	const most = 3
	type near struct {
		name     string
		distance int
	}
	var found []near
	for _, k := range known {
		d := distance(name, k)
		if d <= 2 || len(name) >= 3 && len(k) > len(name) && k[:len(name)] == name {
			found = append(found, near{k, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.distance - b.distance })
	names := make([]string, 0, most)
	for _, n := range found[:min(len(found), most)] {
		names = append(names, n.name)
	}
	return names
}

// distance counts the bytes to insert, delete or replace to get from a to b. It
// gives up on long names, which are never slips of each other.
func distance(a, b string) int {
	const limit = 64
	if len(a) > limit || len(b) > limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		previous := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			previous, row[j] = row[j], min(row[j]+1, row[j-1]+1, previous+cost)
		}
	}
	return row[len(b)]
}
