package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// bareConnections is how many deliveries a lane makes at once.
const bareConnections = 64

// barePosts posts bodies of the average size of what arrived, as fast as it goes.
func barePosts(ctx context.Context, r *receiver, posts int) (Figures, error) {
	body := bytes.Repeat([]byte("x"), int(r.bytes.Load()/max(r.count.Load(), 1)))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: bareConnections}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	begin := time.Now()
	for range bareConnections {
		all.Go(func() {
			for ctx.Err() == nil && next.Add(1) <= int64(posts) {
				if err := post(ctx, client, r.url("/"), body); err != nil {
					cancel(err)
				}
			}
		})
	}
	all.Wait()
	return rateOnly(posts, time.Since(begin)), context.Cause(ctx)
}

func post(ctx context.Context, client *http.Client, url string, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return err
}
