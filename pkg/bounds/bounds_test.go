package bounds_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/bounds"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	_ "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// patterns calls visit with every expression that a field of our messages has to fit.
func patterns(t *testing.T, visit func(field protoreflect.FieldDescriptor, pattern string)) {
	t.Helper()
	var look func(messages protoreflect.MessageDescriptors)
	look = func(messages protoreflect.MessageDescriptors) {
		for i := range messages.Len() {
			look(messages.Get(i).Messages())
			fields := messages.Get(i).Fields()
			for j := range fields.Len() {
				rules, err := protovalidate.ResolveFieldRules(fields.Get(j))
				if err != nil {
					t.Fatal(err)
				}
				for _, pattern := range []string{
					rules.GetString().GetPattern(), rules.GetRepeated().GetItems().GetString().GetPattern(),
					rules.GetMap().GetKeys().GetString().GetPattern(), rules.GetMap().GetValues().GetString().GetPattern(),
				} {
					if pattern != "" {
						visit(fields.Get(j), pattern)
					}
				}
			}
		}
	}
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if !strings.HasPrefix(string(f.Package()), "buf.") && !strings.HasPrefix(string(f.Package()), "google.") {
			look(f.Messages())
		}
		return true
	})
}

// TestEveryExpressionHasWords: whatever field is malformed, people read a sentence with an
// example, which is one.
func TestEveryExpressionHasWords(t *testing.T) {
	seen := 0
	patterns(t, func(field protoreflect.FieldDescriptor, pattern string) {
		seen++
		f := bounds.Of(pattern, string(field.Name()))
		if f.Says == "" {
			t.Errorf("nobody has found words for %s of %s", pattern, field.FullName())
			return
		}
		if !regexp.MustCompile(pattern).MatchString(f.Example) {
			t.Errorf("%s: the example %q does not fit %s", field.FullName(), f.Example, pattern)
		}
		if words := f.Words(); strings.ContainsAny(words, "^$[]{}\n") {
			t.Errorf("%s: people read %q", field.FullName(), words)
		}
	})
	if seen < 30 {
		t.Errorf("only %d expressions were looked at", seen)
	}
}

func TestWords(t *testing.T) {
	validator, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	for want, m := range map[string]proto.Message{
		"a page is named by its id, or by the first characters of it, at least four: letters, digits, - and _, such as 6f9d6d86; bridgelog pages list shows those that there are":    &signalv1.GetPageRequest{Page: "x"},
		"a change is named by its id, or by the first characters of it, at least four: letters, digits, - and _, such as 6f9d6d86; bridgelog change list shows those that there are": &signalv1.GetChangeRequest{Change: "a b c d"},
		"an alert is named by its id: letters, digits, - and _, such as 6f9d6d86; bridgelog alerts list shows those that there are":                                                  &signalv1.NoteAlertRequest{AlertId: "?", Text: "t"},
		"a secret is named and never written down: use env:NAME or file:PATH, such as env:PAGERDUTY_TOKEN":                                                                           &catalogv1.IntegrationSpec{Type: "webhook", Secrets: map[string]string{"token": "hunter2"}},
		"a name begins with a letter or a digit and goes on with letters, digits, dots, - and _, 128 in all at most, such as checkout-db.2":                                          &signalv1.CreateSilenceRequest{Name: "a b", EndTime: timestamppb.Now()},
	} {
		var invalid *protovalidate.ValidationError
		if err := validator.Validate(m); !errors.As(err, &invalid) {
			t.Errorf("%v is not refused: %v", m, err)
			continue
		}
		if got := bounds.Words(invalid.Violations[0]); got != want {
			t.Errorf("%s:\n got %q\nwant %q", m.ProtoReflect().Descriptor().Name(), got, want)
		}
	}
	// What no expression says is left in the words that it has.
	var invalid *protovalidate.ValidationError
	if err := validator.Validate(&signalv1.RecordChangeRequest{Source: "manual"}); !errors.As(err, &invalid) ||
		bounds.Words(invalid.Violations[0]) != invalid.Violations[0].Proto.GetMessage() {
		t.Errorf("without a key: %v", err)
	}
}
