package chaos_test

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// aloneFor is how long the status page has to stand alone. Set
// BRIDGELOG_PAGE_ALONE, for example to 30m, for another time.
func aloneFor(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("BRIDGELOG_PAGE_ALONE")
	if text == "" {
		return time.Minute
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// readers ask the page all the time, and count.
type readers struct {
	asked, failed atomic.Int64
	first         atomic.Value // what the first failure was
	stop          chan struct{}
	group         sync.WaitGroup
}

// read starts readers of these paths.
func read(page string, paths []string) *readers {
	r := &readers{stop: make(chan struct{})}
	for worker := range 4 {
		r.group.Go(func() {
			client := pageClient()
			defer client.CloseIdleConnections()
			pace := time.NewTicker(2 * time.Millisecond)
			defer pace.Stop()
			for n := worker; ; n++ {
				select {
				case <-r.stop:
					return
				case <-pace.C:
				}
				path := paths[n%len(paths)]
				code, body := fetch(client, page+path)
				r.asked.Add(1)
				if code != http.StatusOK {
					r.failed.Add(1)
					r.first.CompareAndSwap(nil, path+": "+body)
				}
			}
		})
	}
	return r
}

// end stops the readers and fails the test when one was not answered.
func (r *readers) end(t *testing.T) {
	t.Helper()
	close(r.stop)
	r.group.Wait()
	if r.failed.Load() > 0 {
		t.Errorf("%d of %d requests were not answered, first %v", r.failed.Load(), r.asked.Load(), r.first.Load())
	}
	if r.asked.Load() < 100 {
		t.Errorf("%d requests are too few to say anything", r.asked.Load())
	}
	t.Logf("%d requests answered", r.asked.Load())
}

// TestThePageStandsAlone kills everything but the status page. Every request is
// answered meanwhile, the page says how old it is, and so does one that starts when
// there is nothing but its own disk.
func TestThePageStandsAlone(t *testing.T) {
	t.Parallel()
	r, apart := newRelayed(t)
	r.say(t, "Some payments fail.")
	onPage(t, r.page.Page(), relayedTitle, []string{"Some payments fail."})
	paths := everywhere(t, r.page.Page())
	reading := read(r.page.Page(), paths)
	r.command.Kill(t)
	apart.Database.Stop(t)
	r.server.Close()
	<-time.After(aloneFor(t))
	if !r.page.Running() {
		t.Fatalf("the page ended: %v\n%s", r.page.Wait(t), r.page.Stderr())
	}
	reading.end(t)
	saysItsAge(t, r.page.Page())

	r.page.Kill(t)
	r.page.Start(t, "BRIDGELOG_NATS_PUBLISHER=", "BRIDGELOG_NATS_READER=")
	saysItsAge(t, r.page.Page())
	for _, path := range paths {
		if code, body := fetch(pageClient(), r.page.Page()+path); code != http.StatusOK {
			t.Errorf("from the disk: %s: %d %s", path, code, body)
		}
	}
}

// saysItsAge waits for a page that shows what was published, and that it is old.
func saysItsAge(t *testing.T, page string) {
	t.Helper()
	body := ""
	waitFor(t, "a page that says how old it is", func() bool {
		_, body = fetch(http.DefaultClient, page+"/")
		return strings.Contains(body, "As of <time") && strings.Contains(body, "Some payments fail.")
	}, func() string { return body })
}
