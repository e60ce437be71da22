package tee

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// published compiles a part of a vendor's published description; without one beside the
// repository the test is skipped.
func published(t *testing.T, file, fragment string) *jsonschema.Schema {
	t.Helper()
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(root, "specs", file))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("there are no published descriptions here: set BRIDGELOG_SHARED")
	}
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:published", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:published" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsSentHasThePublishedForm(t *testing.T) {
	t.Parallel()
	event := published(t, "pagerduty-events-v2.json", "#/paths/~1enqueue/post/requestBody/content/application~1json/schema")
	create := published(t, "opsgenie.json", "#/definitions/CreateAlertPayload")
	act := published(t, "opsgenie.json", "#/definitions/CloseAlertPayload")
	withRaw := about(nil)
	withRaw.Raw = &signalv1.RawSignal{Source: "sentry", Body: []byte(`{"action":"created","data":[1,2]}`)}
	for _, action := range []Action{Trigger, Acknowledge, Resolve} {
		own := act
		if action == Trigger {
			own = create
		}
		for to, schema := range map[string]*jsonschema.Schema{"pagerduty": event, "opsgenie": own} {
			r, err := Build(Tool{Type: to, Key: "0123456789abcdef0123456789abcdef"}, action, withRaw)
			if err != nil {
				t.Fatal(err)
			}
			var body any
			if err := json.Unmarshal(r.Body, &body); err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(body); err != nil {
				t.Errorf("%s %s: %v\n%s", to, action, err, r.Body)
			}
		}
	}
}
