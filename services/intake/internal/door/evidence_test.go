package door_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
)

func TestEvidenceIsForAdmins(t *testing.T) {
	store := &memory.Store{}
	if err := store.Put(t.Context(), &signalv1.RawSignal{Id: "s1", Source: "alertmanager", Body: []byte("<script>")}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		token, id string
		want      int
	}{
		"admin":         {"admin", "s1", http.StatusOK},
		"no such":       {"admin", "s2", http.StatusNotFound},
		"responder":     {"good", "s1", http.StatusForbidden},
		"viewer":        {"viewer", "s1", http.StatusForbidden},
		"unknown":       {"bad", "s1", http.StatusUnauthorized},
		"not known now": {"stale", "s1", http.StatusServiceUnavailable},
	} {
		r := httptest.NewRequest(http.MethodGet, "/signals/"+c.id, nil)
		r.Header.Set("Authorization", "Bearer "+c.token)
		w := serve(t, store, nil, r)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", name, w.Code, c.want)
		}
		if ok := w.Code == http.StatusOK; ok != (w.Body.String() == "<script>") || ok && w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %q %v", name, w.Body, w.Header())
		}
	}
}
