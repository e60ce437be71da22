package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// ErrUnreachable: nothing answers at the target's address.
var ErrUnreachable = errors.New("nothing answers")

// ErrForeign: something listens at the target's address that does not speak gRPC.
// It is also [ErrUnreachable].
var ErrForeign = fmt.Errorf("something else listens there: %w", ErrUnreachable)

// ErrSilent: something listens at the target's address that has said nothing yet.
// It is also [ErrUnreachable].
var ErrSilent = fmt.Errorf("it takes connections and says nothing: %w", ErrUnreachable)

// maxMessage bounds one answer in bytes: 1000 entries of 32 KiB.
const maxMessage = 64 << 20

// Conn is a connection to a system and the services behind it.
type Conn struct {
	// Target is the system.
	Target Target
	// Commands writes.
	Commands incidentv1.CommandServiceClient
	// Timeline reads.
	Timeline timelinev1.TimelineServiceClient
	// Alerts reads alerts.
	Alerts signalv1.AlertViewServiceClient
	// AlertWrites writes to alerts.
	AlertWrites signalv1.AlertServiceClient
	// Signals takes what machines say.
	Signals signalv1.SignalServiceClient
	// Pages reads pages.
	Pages signalv1.PageViewServiceClient
	// Silences keeps alerts from calling.
	Silences signalv1.SilenceServiceClient
	// Changes reads changes, ChangeReports writes them.
	Changes       signalv1.ChangeViewServiceClient
	ChangeReports signalv1.ChangeServiceClient
	// Suspects proposes what caused an incident, and what else it may hit.
	Suspects timelinev1.SuspectServiceClient
	// Notify shows and steers what is sent.
	Notify notifyv1.NotifyServiceClient
	// StatusPage looks after the public documents.
	StatusPage statusv1.StatusPageServiceClient
	// Catalog keeps resources.
	Catalog catalogv1.CatalogServiceClient

	grpc *grpc.ClientConn
}

// Connect connects and waits, at most as long as ctx lives, until the system
// answers. It returns [ErrUnreachable] when it does not.
func Connect(ctx context.Context, target Target, extra ...grpc.DialOption) (*Conn, error) {
	if target.Server == "" {
		return nil, fmt.Errorf("%s: %w", target.Name, ErrUnreachable)
	}
	options, err := dialOptions(target)
	if err != nil {
		return nil, err
	}
	cc, err := grpc.NewClient("dns:///"+target.Server, append(options, extra...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", target.Server, err)
	}
	if err := ready(ctx, cc); err != nil {
		silent := cc.GetState() == connectivity.Connecting
		_ = cc.Close()
		if errors.Is(err, ErrUnreachable) && listens(context.WithoutCancel(ctx), target.Server) {
			if err = ErrForeign; silent {
				err = ErrSilent
			}
		}
		return nil, fmt.Errorf("%s: %w", target.Server, err)
	}
	return &Conn{
		Target:      target,
		Commands:    incidentv1.NewCommandServiceClient(cc),
		Timeline:    timelinev1.NewTimelineServiceClient(cc),
		Alerts:      signalv1.NewAlertViewServiceClient(cc),
		Suspects:    timelinev1.NewSuspectServiceClient(cc),
		AlertWrites: signalv1.NewAlertServiceClient(cc),
		Signals:     signalv1.NewSignalServiceClient(cc),
		Pages:       signalv1.NewPageViewServiceClient(cc),
		Silences:    signalv1.NewSilenceServiceClient(cc),
		Changes:     signalv1.NewChangeViewServiceClient(cc), ChangeReports: signalv1.NewChangeServiceClient(cc),
		Notify:     notifyv1.NewNotifyServiceClient(cc),
		StatusPage: statusv1.NewStatusPageServiceClient(cc),
		Catalog:    catalogv1.NewCatalogServiceClient(cc),
		grpc:       cc,
	}, nil
}

// Close ends the connection.
func (c *Conn) Close() error { return c.grpc.Close() }

// ready waits until the connection stands. A refused connection is tried again
// until ctx ends, as the system may just be starting.
func ready(ctx context.Context, cc *grpc.ClientConn) error {
	for {
		cc.Connect()
		state := cc.GetState()
		if state == connectivity.Ready {
			return nil
		}
		if !cc.WaitForStateChange(ctx, state) {
			if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
				return cause
			}
			return ErrUnreachable
		}
	}
}

// listens tells whether anything accepts connections at an address.
func listens(ctx context.Context, address string) bool {
	dialer := net.Dialer{Timeout: 100 * time.Millisecond}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// roots are the certificates of a file; nil, which are those of the machine, for none.
func roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // nil is the machine's own
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read CA file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("read CA file: %s holds no certificate", file)
	}
	return pool, nil
}

func dialOptions(target Target) ([]grpc.DialOption, error) {
	transport := insecure.NewCredentials()
	if !target.Plaintext {
		trusted, err := roots(target.CAFile)
		if err != nil {
			return nil, err
		}
		transport = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted})
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithUserAgent("bridgelog-cli"),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 5 * time.Minute, Timeout: 20 * time.Second}),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
			MinConnectTimeout: 5 * time.Second,
		}),
	}
	if target.Token != "" {
		options = append(options, grpc.WithPerRPCCredentials(bearer{token: target.Token, encrypted: !target.Plaintext}))
	}
	return options, nil
}

// bearer sends the token with every call.
type bearer struct {
	token     string
	encrypted bool
}

// GetRequestMetadata returns the authorization header.
func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token}, nil
}

// RequireTransportSecurity demands encryption except where the target is in
// plain text by choice.
func (b bearer) RequireTransportSecurity() bool { return b.encrypted }
