package record_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// BenchmarkDecode reads one event with its envelope, over the mix of all types.
func BenchmarkDecode(b *testing.B) {
	var records []chain.Record
	for _, e := range incidenttest.Samples() {
		d, err := record.Encode(e)
		if err != nil {
			b.Fatal(err)
		}
		records = append(records, envelope(b, d))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := record.Decode(records[i%len(records)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkDecodeUpdate reads the commonest event: a text of 300 bytes.
func BenchmarkDecodeUpdate(b *testing.B) {
	text := make([]byte, 300)
	for i := range text {
		text[i] = 'a'
	}
	d, err := record.Encode(incident.UpdatePosted{Text: string(text)})
	if err != nil {
		b.Fatal(err)
	}
	r := envelope(b, d)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := record.Decode(r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncode prepares one event for writing, over the mix of all types.
func BenchmarkEncode(b *testing.B) {
	samples := incidenttest.Samples()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := record.Encode(samples[i%len(samples)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
