package health

import (
	"context"
	"maps"
	"sort"
	"sync"
	"time"
)

// CheckTimeout bounds one round of checks.
const CheckTimeout = 2 * time.Second

// Check tells whether a dependency can be used now. It returns nil or an error
// that an operator understands; it must respect the context.
type Check func(ctx context.Context) error

// Result is the answer of one check.
type Result struct {
	// Name is the dependency, for example "log" or "postgres".
	Name string `json:"name"`
	// Ready is true when the check succeeded.
	Ready bool `json:"ready"`
	// Problem is what the check said otherwise.
	Problem string `json:"problem,omitempty"`
}

// Registry holds the checks of one process. The zero value is ready for use;
// its methods are safe for concurrent use.
type Registry struct {
	mu     sync.Mutex
	checks map[string]Check
}

// Register adds a check under a name, replacing an earlier one of that name.
func (r *Registry) Register(name string, check Check) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.checks == nil {
		r.checks = map[string]Check{}
	}
	r.checks[name] = check
}

// Ready asks all checks at once and returns their answers by name, and whether
// all of them succeeded. A check that does not answer within [CheckTimeout]
// counts as failed.
func (r *Registry) Ready(ctx context.Context) ([]Result, bool) {
	ctx, cancel := context.WithTimeout(ctx, CheckTimeout)
	defer cancel()
	checks := r.snapshot()
	answers := make(chan Result, len(checks))
	for name, check := range checks {
		go func() { answers <- ask(ctx, name, check) }()
	}
	pending := make(map[string]bool, len(checks))
	for name := range checks {
		pending[name] = true
	}
	var results []Result
	for len(pending) > 0 {
		select {
		case answer := <-answers:
			delete(pending, answer.Name)
			results = append(results, answer)
		case <-ctx.Done():
			for name := range pending {
				results = append(results, Result{Name: name, Problem: "no answer in time"})
			}
			pending = nil
		}
	}
	return sorted(results)
}

func (r *Registry) snapshot() map[string]Check {
	r.mu.Lock()
	defer r.mu.Unlock()
	checks := make(map[string]Check, len(r.checks))
	maps.Copy(checks, r.checks)
	return checks
}

func ask(ctx context.Context, name string, check Check) Result {
	if err := check(ctx); err != nil {
		return Result{Name: name, Problem: err.Error()}
	}
	return Result{Name: name, Ready: true}
}

func sorted(results []Result) ([]Result, bool) {
	sort.Slice(results, func(i, j int) bool { return results[i].Name < results[j].Name })
	for _, result := range results {
		if !result.Ready {
			return results, false
		}
	}
	return results, true
}
