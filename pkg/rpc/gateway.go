package rpc

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
)

// Limits of the JSON door.
const (
	headerTimeout = 5 * time.Second
	bodyTimeout   = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 16 << 10
)

// Register adds one service's handlers to the JSON door, for example
// incidentv1.RegisterCommandServiceHandler.
type Register func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error

// Gateway returns the JSON door: POST /package.Service/Method with a JSON body is
// the same call over conn, with the caller's Authorization header and the same
// guard behind it, and continues its Traceparent when conn is traced. GET /openapi.json serves the document. conn must not carry a
// token of its own.
func Gateway(ctx context.Context, conn *grpc.ClientConn, openapi []byte, services ...Register) (http.Handler, error) {
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.JSONPb{
			MarshalOptions:   protojson.MarshalOptions{EmitUnpopulated: true},
			UnmarshalOptions: protojson.UnmarshalOptions{},
		}),
		runtime.WithIncomingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithOutgoingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithErrorHandler(writeFailure),
		runtime.WithRoutingErrorHandler(writeRouting),
	)
	for _, register := range services {
		if err := register(ctx, mux, conn); err != nil {
			return nil, fmt.Errorf("open the json door: %w", err)
		}
	}
	root := http.NewServeMux()
	root.Handle("GET /openapi.json", document(openapi))
	root.Handle("/", traced(mux))
	return http.MaxBytesHandler(root, maxReceive), nil
}

// GatewayServer returns the HTTP server of the JSON door. Answers have no time
// limit, because some calls stream.
func GatewayServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
	}
}

// traced continues the trace that a caller names by a Traceparent header: conn's
// own tracing would begin a new one.
func traced(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func document(openapi []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(openapi)
	})
}

// writeFailure answers {"error": {"code", "message", "reason", "field"}}.
func writeFailure(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, _ *http.Request, err error) {
	f := FailureOf(err)
	if f.Reason == "" && status.Code(err) == codes.InvalidArgument {
		// The gateway itself found that the body is not the request's JSON.
		f.Reason = "malformed_json"
	}
	if after := retryAfter(err); after > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(int64(math.Ceil(after.Seconds())), 10))
	}
	answer(w, runtime.HTTPStatusFromCode(status.Code(err)), f)
}

func writeRouting(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
	f := Failure{Code: "not_found", Reason: "no_such_call", Message: "there is no such call: POST /package.Service/Method, see /openapi.json"}
	if code == http.StatusMethodNotAllowed {
		f.Code, f.Reason = "unimplemented", "use_post"
		f.Message = "this call wants POST with a JSON body, not " + r.Method
	}
	answer(w, code, f)
}

func answer(w http.ResponseWriter, code int, f Failure) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="bridgelog"`)
	}
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]Failure{"error": f})
}
