package freeport_test

import (
	"context"
	"errors"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/freeport"
)

func TestPortsDifferAndAreFree(t *testing.T) {
	ports, err := freeport.Find(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ports)
	if len(slices.Compact(slices.Clone(ports))) != 50 {
		t.Fatalf("a port comes twice: %v", ports)
	}
	for _, port := range ports {
		listener, err := net.Listen("tcp", freeport.Address(port))
		if err != nil {
			t.Errorf("it is not free: %v", err)
			continue
		}
		_ = listener.Close()
	}
}

// TestOutgoingConnectionsDoNotGetThem compares with the range of this machine.
func TestOutgoingConnectionsDoNotGetThem(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Skip("the range of this machine is not known")
	}
	first, err := strconv.Atoi(strings.Fields(string(text))[0])
	if err != nil || first != 32768 {
		t.Skipf("the range of this machine begins at %d, %v", first, err)
	}
	ports, err := freeport.Find(t.Context(), 50)
	if err != nil || slices.Max(ports) >= first {
		t.Errorf("%v, %v", ports, err)
	}
}

func TestACancelledSearchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := freeport.Find(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
