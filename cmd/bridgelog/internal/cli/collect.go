package cli

import "context"

// mostAtOnce is how many of a list are asked for in one call, at most.
const mostAtOnce = 200

// collect gathers a list call by call, each with a deadline of its own: all of it, or as
// many as limit. One call gets how many are wanted and the token of the page, and returns
// what was found and the next token. It returns the token behind the last call.
func collect[T any](ctx context.Context, a *app, all bool, limit int, token string,
	call func(ctx context.Context, size int32, token string) (found []T, next string, err error),
) (found []T, next string, err error) {
	found = []T{}
	for {
		size := mostAtOnce
		if !all {
			size = min(size, limit-len(found))
		}
		limited, cancel := a.deadline(ctx)
		some, next, err := call(limited, int32(size), token)
		cancel()
		if err != nil {
			return nil, "", err
		}
		found = append(found, some...)
		if next == "" || !all && len(found) >= limit {
			return found, next, nil
		}
		token = next
	}
}

// each turns what was found into what is shown.
func each[In, Out any](in []In, show func(In) Out) []Out {
	out := make([]Out, 0, len(in))
	for _, one := range in {
		out = append(out, show(one))
	}
	return out
}
