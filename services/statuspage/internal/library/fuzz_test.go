package library

import (
	"testing"

	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// FuzzAdd takes damaged files of the disk copy: whatever they hold, every page can be
// asked what it shows, and nothing is taken under a name that no file has.
func FuzzAdd(f *testing.F) {
	for name, doc := range map[string]proto.Message{
		"main" + endPage: &statusv1.PageDocument{Id: "p1"},
		"i1" + endIncident: &statusv1.IncidentDocument{Id: "i1", Updates: []*statusv1.PublishedUpdate{
			{Id: "u1", Components: []*statusv1.ComponentChange{{Ref: "api", Status: "major_outage"}}}, {},
		}},
		markFile: &statusv1.RelayMark{AsOfUs: 1},
	} {
		data, err := proto.Marshal(doc)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(name, data)
		f.Add(name, data[:len(data)/2])
	}
	f.Add(endPage, []byte{})
	f.Add("x"+endIncident, []byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		l := New()
		asOf := l.add(name, data)
		pages, incidents := l.Names()
		if taken := len(pages) + len(incidents); taken > 1 || taken == 1 && !asOf.IsZero() {
			t.Errorf("%q holds %v and %v as of %v", name, pages, incidents, asOf)
		}
		for _, page := range append(pages, "") {
			for _, e := range l.On(page) {
				if e.ID+endIncident != name {
					t.Errorf("%q holds incident %q", name, e.ID)
				}
			}
		}
	})
}
