package sourcetest

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Cases are bodies of one kind of sender.
type Cases struct {
	// Good are bodies that are accepted, by what they show.
	Good map[string][]byte
	// Bad are bodies that can never be accepted.
	Bad map[string][]byte
}

// Signal is a request with a body.
func Signal(body []byte) source.Signal {
	return source.Signal{
		ID: "0198a0e0-0000-7000-8000-000000000001", Sender: "tester", Body: body,
		ReceivedAt: time.Date(2026, 11, 23, 15, 40, 15, 123456789, time.UTC),
	}
}

// Run checks a source.
func Run(t *testing.T, s source.Source, c Cases) {
	t.Run("has a door", func(t *testing.T) { testName(t, s) })
	t.Run("is in the list", func(t *testing.T) { testListed(t, s) })
	t.Run("good", func(t *testing.T) { testGood(t, s, c.Good) })
	t.Run("bad", func(t *testing.T) { testBad(t, s, c.Bad) })
	t.Run("damaged", func(t *testing.T) { testDamaged(t, s, c.Good) })
	t.Run("at once", func(t *testing.T) { testAtOnce(t, s, c.Good) })
}

func testName(t *testing.T, s source.Source) {
	if !regexp.MustCompile(`^[a-z0-9_-]{1,64}$`).MatchString(s.Name()) {
		t.Errorf("name %q", s.Name())
	}
}

func testListed(t *testing.T, s source.Source) {
	if found, ok := source.NewCatalog(source.All()...).Find(s.Name()); !ok || reflect.TypeOf(found) != reflect.TypeOf(s) {
		t.Errorf("source.All does not have %q", s.Name())
	}
}

func testGood(t *testing.T, s source.Source, bodies map[string][]byte) {
	if len(bodies) == 0 {
		t.Fatal("no bodies")
	}
	for name, body := range bodies {
		first, err := s.Parse(Signal(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		Check(t, first)
		// A signal may be read again after a crash, perhaps years later.
		if again, err := s.Parse(Signal(body)); err != nil || !reflect.DeepEqual(first, again) {
			t.Errorf("%s: read again it says something else: %v", name, err)
		}
	}
}

func testBad(t *testing.T, s source.Source, bodies map[string][]byte) {
	for name, body := range bodies {
		if _, err := s.Parse(Signal(body)); !errors.Is(err, source.ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

// testDamaged cuts and changes bodies: what is still accepted can be stored.
func testDamaged(t *testing.T, s source.Source, bodies map[string][]byte) {
	for _, body := range bodies {
		step := max(1, len(body)/200)
		for i := 0; i < len(body); i += step {
			damaged := append([]byte{}, body...)
			damaged[i] ^= 0x80
			for _, b := range [][]byte{damaged, body[:i]} {
				batch, err := s.Parse(Signal(b))
				if err != nil && !errors.Is(err, source.ErrMalformed) {
					t.Fatalf("untyped error %v", err)
				}
				if err == nil {
					Check(t, batch)
				}
			}
		}
	}
}

func testAtOnce(t *testing.T, s source.Source, bodies map[string][]byte) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for name, body := range bodies {
				if _, err := s.Parse(Signal(body)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	all.Wait()
}

// maxText bounds the labels and the annotations of one alert, in bytes.
const maxText = 64 << 10

// Check holds what the rest of intake relies on.
func Check(t testing.TB, batch source.Batch) {
	t.Helper()
	if batch.GroupKey == "" {
		t.Fatal("a batch without a group")
	}
	for i := range batch.Alerts {
		checkAlert(t, &batch.Alerts[i])
	}
	for i := range batch.Changes {
		checkChange(t, &batch.Changes[i])
	}
	about := map[string]bool{}
	for i := range batch.Remarks {
		r := &batch.Remarks[i]
		checkRemark(t, r)
		if about[r.Fingerprint] {
			t.Fatalf("two remarks about %q", r.Fingerprint)
		}
		about[r.Fingerprint] = true
	}
}

// checkChange holds that RecordChange takes a report.
func checkChange(t testing.TB, r *change.Report) {
	t.Helper()
	const longestKey, longestFact, longestLink, longestText = 512, 256, 2048, 8 << 10
	switch {
	case r.Key == "" || len(r.Key) > longestKey || r.Source != "" || r.SignalID != "":
		t.Fatalf("key %q of %q by %q", r.Key, r.Source, r.SignalID)
	case r.Title == "" || utf8.RuneCountInString(r.Title) > incident.MaxTitle || strings.Contains(r.Title, "\n"):
		t.Fatalf("title %q", r.Title)
	case max(len(r.Service), len(r.Environment), len(r.Version), len(r.AuthorName)) > longestFact:
		t.Fatalf("a fact of %+v is too long", r)
	case len(r.Link) > longestLink || len(r.Description) > longestText || len(r.Labels) > 128:
		t.Fatalf("%d bytes of text, %d of a link, %d labels", len(r.Description), len(r.Link), len(r.Labels))
	case r.Outcome == change.OutcomeUnknown || r.Kind == change.KindUnknown:
		t.Fatalf("of no kind, or how far it has come is not said: %+v", r)
	}
	for _, text := range []string{r.Key, r.Title, r.Service, r.Environment, r.Version, r.AuthorName, r.Link, r.Description} {
		checkText(t, text)
	}
	for name, value := range r.Labels {
		checkText(t, name)
		checkText(t, value)
	}
}

func checkRemark(t testing.TB, r *source.Remark) {
	t.Helper()
	const longestText, longestName = 2048, 256
	switch {
	case r.Fingerprint == "" || len(r.Fingerprint) > 128:
		t.Fatalf("fingerprint %q", r.Fingerprint)
	case !r.Acknowledges && strings.TrimSpace(r.Text) == "":
		t.Fatal("a note without words")
	case len(r.Text) > longestText || len(r.SaidBy) > longestName:
		t.Fatalf("%d bytes said by %d", len(r.Text), len(r.SaidBy))
	}
	for _, text := range []string{r.Fingerprint, r.Text, r.SaidBy} {
		checkText(t, text)
	}
}

func checkAlert(t testing.TB, a *source.Alert) {
	t.Helper()
	switch {
	case a.Fingerprint == "" || len(a.Fingerprint) > 128:
		t.Fatalf("fingerprint %q", a.Fingerprint)
	case a.Title == "" || utf8.RuneCountInString(a.Title) > incident.MaxTitle || strings.Contains(a.Title, "\n"):
		t.Fatalf("title %q", a.Title)
	case a.StartsAt.IsZero():
		t.Fatal("an alert without a begin")
	case a.Firing != a.EndsAt.IsZero():
		t.Fatalf("firing %v until %v", a.Firing, a.EndsAt)
	case !a.Firing && a.EndsAt.Before(a.StartsAt):
		t.Fatalf("ends at %v before %v", a.EndsAt, a.StartsAt)
	}
	for _, text := range []string{a.Fingerprint, a.Title, a.Description, a.URL, a.RunbookURL} {
		checkText(t, text)
	}
	for _, pairs := range []map[string]string{a.Labels, a.Annotations} {
		size := 0
		for name, value := range pairs {
			checkText(t, name)
			checkText(t, value)
			size += len(name) + len(value)
		}
		if size > maxText {
			t.Fatalf("%d bytes of labels", size)
		}
	}
}

// checkText holds that a text can be stored.
func checkText(t testing.TB, text string) {
	t.Helper()
	if incident.Sanitize(text) != text {
		t.Fatalf("%q cannot be stored", text)
	}
}
