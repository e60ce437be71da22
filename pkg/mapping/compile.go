package mapping

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// MaxItems is how many items one body may hold.
const MaxItems = 1000

// Problem is an expression that cannot be used.
type Problem struct {
	// Field is the field of the mapping, for example "title" or "labels.service".
	Field string
	// Message says what is wrong with it.
	Message string
}

// Error implements error.
func (p *Problem) Error() string { return p.Field + ": " + p.Message }

// Problems are those that an error of [Compile] is made of.
func Problems(err error) []*Problem {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	var all []*Problem
	for _, one := range joined.Unwrap() {
		if p, ok := errors.AsType[*Problem](one); ok {
			all = append(all, p)
		}
	}
	return all
}

// Mapping is ready to read bodies. It is safe for concurrent use.
type Mapping struct {
	items  cel.Program // nil: the body is the only item
	fields map[string]cel.Program
	labels map[string]cel.Program
}

// Compile checks the expressions. Its error is the join of a [Problem] for each that
// cannot be used.
func Compile(spec *catalogv1.MappingSpec) (*Mapping, error) {
	env, err := cel.NewEnv(
		cel.Variable("body", cel.DynType), cel.Variable("item", cel.DynType), cel.OptionalTypes(), ext.Strings(), ext.Lists(), ext.Sets(),
	)
	if err != nil {
		return nil, errors.Join(&Problem{Field: "items", Message: err.Error()})
	}
	bounds, err := bounded(env)
	if err != nil {
		return nil, errors.Join(&Problem{Field: "items", Message: err.Error()})
	}
	m := &Mapping{fields: map[string]cel.Program{}, labels: map[string]cel.Program{}}
	var problems []error
	program := func(field, text string, wanted ...*types.Type) cel.Program {
		p, problem := compile(env, bounds, field, text, wanted)
		if problem != nil {
			problems = append(problems, problem)
		}
		return p
	}
	if spec.GetItems() != "" {
		m.items = program("items", spec.GetItems(), cel.ListType(cel.DynType))
	}
	moment := []*types.Type{cel.TimestampType, cel.StringType, cel.IntType, cel.DoubleType}
	word := []*types.Type{cel.StringType, cel.IntType, cel.DoubleType, cel.BoolType, cel.UintType}
	for _, f := range []struct {
		name, text string
		wanted     []*types.Type
	}{
		{"fingerprint", spec.GetFingerprint(), word},
		{"state", spec.GetState(), []*types.Type{cel.StringType, cel.BoolType}},
		{"title", spec.GetTitle(), word},
		{"description", spec.GetDescription(), word},
		{"starts_at", spec.GetStartsAt(), moment},
		{"ends_at", spec.GetEndsAt(), moment},
		{"url", spec.GetUrl(), word},
		{"runbook_url", spec.GetRunbookUrl(), word},
	} {
		if f.text != "" {
			m.fields[f.name] = program(f.name, f.text, f.wanted...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(spec.GetLabels())) {
		m.labels[name] = program("labels."+name, spec.GetLabels()[name], word...)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return m, nil
}

// compile checks one expression. What is only known when a body comes may be anything.
func compile(env *cel.Env, bounds []*functions.Overload, field, text string, wanted []*types.Type) (cel.Program, *Problem) {
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, &Problem{Field: field, Message: firstIssue(issues)}
	}
	got := ast.OutputType()
	if got.Kind() == types.OpaqueKind && got.TypeName() == "optional_type" {
		got = got.Parameters()[0]
	}
	if got.Kind() != types.DynKind && !slices.ContainsFunc(wanted, func(w *types.Type) bool { return w.Kind() == got.Kind() }) {
		return nil, &Problem{Field: field, Message: fmt.Sprintf("it is a %s, want %s", got, names(wanted))}
	}
	p, err := env.Program(ast, cel.CostTracking(dynamic{}), cel.CostLimit(costLimit),
		cel.Functions(bounds...)) //nolint:staticcheck // nothing else replaces what a library binds
	if err != nil {
		return nil, &Problem{Field: field, Message: err.Error()}
	}
	return p, nil
}

// firstIssue is the first thing that is wrong, in one line.
func firstIssue(issues *cel.Issues) string {
	for _, e := range issues.Errors() {
		return fmt.Sprintf("column %d: %s", e.Location.Column()+1, strings.ReplaceAll(e.Message, "\n", " "))
	}
	return "it cannot be read"
}

func names(wanted []*types.Type) string {
	var all []string
	for _, w := range wanted {
		all = append(all, w.String())
	}
	return strings.Join(all, " or ")
}
