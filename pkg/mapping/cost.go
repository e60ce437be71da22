package mapping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Bounds of what expressions may cost, in CEL's units: about one for each step and each
// ten characters of a text. They count steps, not time: what is read again costs the same.
const (
	// costLimit bounds one expression for one item.
	costLimit = 100_000
	// bodyLimit bounds all expressions for all items of a body: with [MaxItems] items
	// each may cost 3000.
	bodyLimit = 3_000_000
	// maxMade bounds what one call may make, in bytes and in parts of a list. Unlike
	// the cost it is known before the call.
	maxMade = 4 << 20
	// perMade is how many comparisons count as much as one byte that is made.
	perMade = 16
)

// errBudget: the expressions of a body cost too much together.
var errBudget = errors.New("the expressions cost too much for one body: write them simpler, or send fewer items at once")

// budget is what the expressions of one body may still cost.
type budget struct{ left uint64 }

// spend takes the cost of one evaluation.
func (b *budget) spend(details *cel.EvalDetails) error {
	cost := details.ActualCost()
	if cost == nil {
		return nil
	}
	if *cost > b.left {
		return errBudget
	}
	b.left -= *cost
	return nil
}

// dynamic prices calls that CEL takes for one step: those whose arguments have no type
// before a body comes, and counting the characters of a text.
type dynamic struct{}

// CallCost implements CEL's estimator; nil leaves the price to CEL.
func (dynamic) CallCost(function, overload string, args []ref.Val, result ref.Val) *uint64 {
	if text := len(args) > 0 && args[0].Type() == types.StringType; overload != "" && (function != "size" || !text) {
		return nil
	}
	cost := uint64(1)
	for _, v := range append(slices.Clone(args), result) {
		cost += size(v) / 10
	}
	return &cost
}

// bounded returns those functions whose result or whose work can be much more than their
// arguments, each with a check before it is called.
func bounded(env *cel.Env) ([]*functions.Overload, error) {
	var all []*functions.Overload
	declared := env.Functions()
	for name, made := range map[string]func([]ref.Val) uint64{
		operators.Add: sum, "replace": replaced, "join": joined, "format": deepSum, "flatten": deepSum,
		"distinct": compared, "indexOf": compared, "lastIndexOf": compared,
		"sets.contains": compared, "sets.equivalent": compared, "sets.intersects": compared,
	} {
		bindings, err := declared[name].Bindings()
		if err != nil {
			return nil, fmt.Errorf("bound %s: %w", name, err)
		}
		if len(bindings) == 0 {
			return nil, fmt.Errorf("bound %s: there is no such function", name)
		}
		for _, b := range bindings {
			all = append(all, checked(name, b, made))
		}
	}
	return all, nil
}

// checked is an overload that is not called when it would make too much.
func checked(name string, of *functions.Overload, made func([]ref.Val) uint64) *functions.Overload {
	check := func(args ...ref.Val) ref.Val {
		if made(args) > maxMade {
			return types.NewErr("%s would make or compare too much", strings.Trim(name, "_"))
		}
		return nil
	}
	o := *of
	if of.Unary != nil {
		o.Unary = func(a ref.Val) ref.Val {
			if refused := check(a); refused != nil {
				return refused
			}
			return of.Unary(a)
		}
	}
	if of.Binary != nil {
		o.Binary = func(a, b ref.Val) ref.Val {
			if refused := check(a, b); refused != nil {
				return refused
			}
			return of.Binary(a, b)
		}
	}
	if of.Function != nil {
		o.Function = func(args ...ref.Val) ref.Val {
			if refused := check(args...); refused != nil {
				return refused
			}
			return of.Function(args...)
		}
	}
	return &o
}

// size is that of a text or of bytes in bytes, and the number of parts of a list or map.
func size(v ref.Val) uint64 {
	switch v := v.(type) {
	case types.String:
		return uint64(len(v))
	case types.Bytes:
		return uint64(len(v))
	case traits.Sizer:
		if n, ok := v.Size().(types.Int); ok && n > 0 {
			return uint64(n)
		}
	}
	return 1
}

func sum(args []ref.Val) uint64 {
	var n uint64
	for _, a := range args {
		n += size(a)
	}
	return n
}

// deepSum is the size of all that is in the arguments. What exceeds [maxMade] is not
// counted to its end.
func deepSum(args []ref.Val) uint64 {
	var n uint64
	for _, a := range args {
		n += deep(a, maxMade)
	}
	return n
}

// deep counts at most a little more than limit.
func deep(v ref.Val, limit uint64) uint64 {
	n := size(v)
	container, ok := v.(traits.Iterable)
	if !ok || n > limit {
		return n
	}
	for it := container.Iterator(); n <= limit && it.HasNext() == types.True; {
		part := it.Next()
		n += deep(part, limit-n)
		if m, ok := v.(traits.Mapper); ok && n <= limit {
			n += deep(m.Get(part), limit-n)
		}
	}
	return n
}

// replaced is the length of a text when one part is replaced by another.
func replaced(args []ref.Val) uint64 {
	text, ok := args[0].(types.String)
	if !ok {
		return 0 // the call itself says what is wrong
	}
	old, isText := args[1].(types.String)
	if !isText {
		return 0
	}
	return uint64(len(text)) + uint64(strings.Count(string(text), string(old)))*size(args[2])
}

// joined is the length of a list's texts with what stands between them.
func joined(args []ref.Val) uint64 {
	n := deep(args[0], maxMade)
	if len(args) > 1 {
		n += size(args[0]) * size(args[1])
	}
	return n
}

// compared is how often parts of the first are compared with parts of the second, or
// with one another.
func compared(args []ref.Val) uint64 {
	return size(args[0]) * size(args[min(1, len(args)-1)]) / perMade
}
