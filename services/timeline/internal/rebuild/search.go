package rebuild

import (
	"context"
	"fmt"
	"sync"
)

// search makes the live version searchable.
func (j *job) search(ctx context.Context) error {
	middle, err := j.model.Halves(ctx)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	progress := Progress{Phase: Search}
	j.tell(progress)
	step := func(entries int) {
		mu.Lock()
		defer mu.Unlock()
		before := progress.Done
		if progress.Done += uint64(entries); progress.Done/reportEvery != before/reportEvery {
			j.tell(progress)
		}
	}
	errs := make(chan error, 2)
	go func() { errs <- j.model.FillWords(ctx, "", middle, step) }()
	if middle == "" {
		errs <- nil
	} else {
		go func() { errs <- j.model.FillWords(ctx, middle, "", step) }()
	}
	if err := bothOf(errs); err != nil {
		return fmt.Errorf("index words: %w", err)
	}
	if err := j.model.FinishWords(ctx); err != nil {
		return err
	}
	return j.Store.DropOld(ctx)
}
