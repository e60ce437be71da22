package e2e_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestOneTraceFromTheCallToTheWebhook declares with a caller's trace and finds
// the same trace in what the webhook says, after it went through the log.
func TestOneTraceFromTheCallToTheWebhook(t *testing.T) {
	t.Parallel()
	s, r := start(t)
	const trace = "0af7651916cd43dd8448eb211c80319c"

	body := strings.NewReader(`{"title": "Traced", "requestId": "traced-1"}`)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Endpoints.API+"/incident.v1.CommandService/DeclareIncident", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.Endpoints.Token)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Traceparent", "00-"+trace+"-b7ad6b7169203331-01")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("declare answered %s (%v)", response.Status, err)
	}

	got := r.await(t, 1)[0].TraceParent
	if parts := strings.Split(got, "-"); len(parts) != 4 || parts[1] != trace {
		t.Errorf("the delivery continues %q, want the caller's trace %s", got, trace)
	}
	if strings.Contains(got, "b7ad6b7169203331") {
		t.Errorf("the delivery names the caller's own span: %q", got)
	}
}
