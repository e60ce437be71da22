package store_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// TestListsOfServices: whatever services incidents name, and whatever they named
// before, the list of some services holds those of any of them, once, in order, page by
// page.
func TestListsOfServices(t *testing.T) {
	s, pool := prepared(t)
	r := rand.New(rand.NewPCG(1, 2))
	services := []string{"api", "checkout", "search", "it's \"odd\""}
	now := map[int64]row.Incident{}
	for range 6 {
		var changed []row.Incident
		for _, number := range r.Perm(40)[:20] {
			i := some(fmt.Sprintf("id%02d", number), int64(number)+1)
			i.DeclaredAt = time.Unix(int64(number/3+r.IntN(2)), 0).UTC()
			for _, n := range r.Perm(len(services))[:r.IntN(len(services))] {
				i.Services = append(i.Services, services[n])
			}
			if len(i.Services) > 0 && r.IntN(4) == 0 {
				i.Services = append(i.Services, i.Services[0]) // named twice
			}
			document, err := proto.Marshal(&timelinev1.Incident{Id: i.ID, Number: uint64(i.Number)})
			if err != nil {
				t.Fatal(err)
			}
			i.Document, now[i.Number] = document, i
			changed = append(changed, i)
		}
		write(t, pool, fold.Rows{Incidents: changed})
		for _, wanted := range [][]string{{"api"}, {"checkout", "search"}, {"search", "search"}, services, {"none"}, {"api", "none", services[3]}} {
			var want []uint64
			for _, i := range slices.SortedFunc(maps.Values(now), newestFirst) {
				if slices.ContainsFunc(i.Services, func(service string) bool { return slices.Contains(wanted, service) }) {
					want = append(want, uint64(i.Number))
				}
			}
			if got := listed(t, s, wanted, now); !slices.Equal(got, want) {
				t.Fatalf("%q: listed %v, want %v", wanted, got, want)
			}
		}
	}
}

func newestFirst(a, b row.Incident) int {
	return cmp.Or(b.DeclaredAt.Compare(a.DeclaredAt), cmp.Compare(b.Number, a.Number))
}

// listed reads every page.
func listed(t *testing.T, s *store.Store, services []string, now map[int64]row.Incident) []uint64 {
	t.Helper()
	var numbers []uint64
	q := store.ListQuery{Services: services, Limit: 7}
	for more := true; more; {
		err := s.Read(t.Context(), "test", store.Viewer{Everything: true}, func(snapshot *store.Snapshot) error {
			list, m, err := snapshot.List(t.Context(), q)
			if more = m; err != nil {
				return err
			}
			for _, c := range list {
				numbers = append(numbers, c.GetNumber())
				q.After = &store.ListCursor{DeclaredAt: now[int64(c.GetNumber())].DeclaredAt, Number: int64(c.GetNumber())}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return numbers
}
