package failpoint

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

// Variables of the environment that [ArmFromEnv] reads.
const (
	// EnvPoints arms points: "name=action;name=action".
	EnvPoints = "BRIDGELOG_FAILPOINTS"
	// EnvTrace names a file to which the name of every point is appended when it
	// is first hit, armed or not.
	EnvTrace = "BRIDGELOG_FAILPOINT_TRACE"
)

var (
	// ErrInjected is what a point returns whose action is [Fail].
	ErrInjected = errors.New("injected failure")
	// ErrUnknown: no point has that name, or no action has.
	ErrUnknown = errors.New("unknown failpoint")
)

// Action is what happens at a point.
type Action func(ctx context.Context) error

// Kill ends the process at once, as a power cut would: nothing is flushed and no
// deferred call runs.
func Kill(context.Context) error {
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill: %w", err)
	}
	select {}
}

// Fail returns [ErrInjected].
func Fail(context.Context) error { return ErrInjected }

// Pause waits until ctx ends and returns its error.
func Pause(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Point is a named instant.
type Point struct {
	name   string
	action atomic.Pointer[Action]
	hits   atomic.Uint64
}

//nolint:gochecknoglobals // the registry must know every point of the program, see doc.go
var registry = struct {
	sync.Mutex
	points map[string]*Point
}{points: make(map[string]*Point)}

// New declares a point. Two with one name are a mistake of the program: it
// panics.
func New(name string) *Point {
	registry.Lock()
	defer registry.Unlock()
	if registry.points[name] != nil {
		panic("failpoint: two points are named " + name)
	}
	p := &Point{name: name}
	registry.points[name] = p
	return p
}

// Name is the point's name.
func (p *Point) Name() string { return p.name }

// Hit does what the point is armed with and returns its error; unarmed, nil.
func (p *Point) Hit(ctx context.Context) error {
	action := p.action.Load()
	if action == nil {
		return nil
	}
	p.hits.Add(1)
	if err := (*action)(ctx); err != nil {
		return fmt.Errorf("failpoint %s: %w", p.name, err)
	}
	return nil
}

// Hits counts how often the point was hit while it was armed.
func (p *Point) Hits() uint64 { return p.hits.Load() }

// Names lists the points of the program, sorted.
func Names() []string {
	registry.Lock()
	defer registry.Unlock()
	names := make([]string, 0, len(registry.points))
	for name := range registry.points {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Arm gives a point an action and returns what disarms it. [ErrUnknown] when no
// point has that name.
func Arm(name string, action Action) (disarm func(), err error) {
	registry.Lock()
	p := registry.points[name]
	registry.Unlock()
	if p == nil {
		return nil, fmt.Errorf("arm %q: %w", name, ErrUnknown)
	}
	p.action.Store(&action)
	return func() { p.action.Store(nil) }, nil
}

// ArmFromEnv arms what the environment of a child process asks for. Programs
// call it first thing; with nothing set it does nothing.
func ArmFromEnv() error {
	if path := os.Getenv(EnvTrace); path != "" {
		traceTo(path)
	}
	for _, rule := range strings.FieldsFunc(os.Getenv(EnvPoints), func(r rune) bool { return r == ';' }) {
		name, verb, _ := strings.Cut(rule, "=")
		action, ok := map[string]Action{"kill": Kill, "error": Fail, "pause": Pause}[verb]
		if !ok {
			return fmt.Errorf("arm %q: %w", rule, ErrUnknown)
		}
		if _, err := Arm(name, traced(name, action)); err != nil {
			return err
		}
	}
	return nil
}

// traceTo arms every point with a note in a file.
func traceTo(path string) {
	for _, name := range Names() {
		note := noteOnce(path, name)
		if _, err := Arm(name, func(context.Context) error { note(); return nil }); err != nil {
			panic(err) // the name comes from the registry
		}
	}
}

// traced notes the point before it acts.
func traced(name string, action Action) Action {
	path := os.Getenv(EnvTrace)
	if path == "" {
		return action
	}
	note := noteOnce(path, name)
	return func(ctx context.Context) error {
		note()
		return action(ctx)
	}
}

func noteOnce(path, name string) func() {
	return sync.OnceFunc(func() {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // whoever sets the environment owns the process
		if err != nil {
			return // a test that misses the name will say so
		}
		_, _ = f.WriteString(name + "\n")
		_ = f.Close()
	})
}
