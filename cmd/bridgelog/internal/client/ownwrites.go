package client

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
)

// ownWait is how long a read waits for the read side to hold what this account
// wrote before. After that it takes what is there.
const ownWait = 3 * time.Second

// OwnWrites keeps the position of the last write in a file, and lets later reads,
// of this process or of another one that is given the same file, wait until they
// hold it. When the read side is too far behind, the read is answered without, and
// behind is called.
func OwnWrites(path string, behind func()) grpc.DialOption {
	o := &ownWrites{path: path, behind: behind}
	return grpc.WithChainUnaryInterceptor(o.intercept)
}

type ownWrites struct {
	path   string
	behind func()

	mu   sync.Mutex
	last eventlog.Position
	read bool // the file was looked at
}

func (o *ownWrites) intercept(
	ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	ask, isMessage := request.(proto.Message)
	if !isMessage {
		return call(ctx, method, request, reply, conn, options...)
	}
	field := positionField(ask.ProtoReflect())
	if field == nil { // no read of the read side
		err := call(ctx, method, request, reply, conn, options...)
		if answer, ok := reply.(proto.Message); ok && err == nil {
			o.keep(positionIn(answer.ProtoReflect()))
		}
		return err
	}
	position := o.position().String()
	if position == "" || ask.ProtoReflect().Has(field) {
		return call(ctx, method, request, reply, conn, options...)
	}
	waiting := proto.Clone(ask)
	waiting.ProtoReflect().Set(field, protoreflect.ValueOfString(position))
	limited, cancel := context.WithTimeout(ctx, ownWait)
	defer cancel()
	err := call(limited, method, waiting, reply, conn, options...)
	switch {
	case err == nil || ctx.Err() != nil:
		return err
	case rpc.FailureOf(err).Reason == "position_of_another_log":
		o.forget()
	case limited.Err() != nil:
		o.behind()
	default:
		return err
	}
	return call(ctx, method, request, reply, conn, options...)
}

// positionField is the field of a position token, or nil.
func positionField(m protoreflect.Message) protoreflect.FieldDescriptor {
	field := m.Descriptor().Fields().ByName("position")
	if field == nil || field.Kind() != protoreflect.StringKind || field.IsList() {
		return nil
	}
	return field
}

// positionIn is the position token of an answer, or of the result in it.
func positionIn(m protoreflect.Message) string {
	if field := positionField(m); field != nil {
		return m.Get(field).String()
	}
	result := m.Descriptor().Fields().ByName("result")
	if result == nil || result.Message() == nil || result.IsList() || !m.Has(result) {
		return ""
	}
	return positionIn(m.Get(result).Message())
}

// position is the latest one that is known.
func (o *ownWrites) position() eventlog.Position {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.read {
		o.read = true
		// Without the file, or with half of one, reads do not wait.
		text, _ := os.ReadFile(o.path)
		if found, err := eventlog.ParsePosition(strings.TrimSpace(string(text))); err == nil {
			o.last = later(o.last, found)
		}
	}
	return o.last
}

// keep notes the position of a write. That the file cannot be written costs later
// processes the waiting, which is no error.
func (o *ownWrites) keep(token string) {
	p, err := eventlog.ParsePosition(token)
	if err != nil || p.IsStart() {
		return
	}
	known := o.position()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.last = later(p, known); o.last != known {
		_ = replace(o.path, []byte(o.last.String()+"\n"), false)
	}
}

func (o *ownWrites) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last = eventlog.Position{}
	_ = os.Remove(o.path)
}

// later is the later of two positions; of two logs, the first one's.
func later(a, b eventlog.Position) eventlog.Position {
	if a.IsStart() || a.Epoch == b.Epoch && b.Sequence > a.Sequence {
		return b
	}
	return a
}
