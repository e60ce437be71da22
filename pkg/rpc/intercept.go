package rpc

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// edge is what stands between the wire and a handler.
type edge struct {
	logger    *slog.Logger
	validator protovalidate.Validator
	large     []string
	metrics   *metrics
}

// unary turns errors into statuses, panics into Internal, and refuses requests
// that are too large or break a rule of their proto.
func (e *edge) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (res any, err error) {
	started := time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = e.panicked(ctx, info.FullMethod, p)
		}
		err = e.finish(ctx, info.FullMethod, started, err)
	}()
	return next(ctx, req)
}

// check runs behind the guard, so that only callers who may call learn what is
// wrong with their request.
func (e *edge) check(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := e.accept(req, info.FullMethod); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (e *edge) accept(req any, method string) error {
	m, ok := req.(proto.Message)
	if !ok {
		return nil
	}
	if size := proto.Size(m); size > maxRequest && !slices.Contains(e.large, method) {
		return &Refusal{
			Code: codes.ResourceExhausted, Reason: "too_large",
			Message: fmt.Sprintf("the request has %d bytes and %d are allowed: send less at once", size, maxRequest),
		}
	}
	return e.validator.Validate(m)
}

func (e *edge) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	started := time.Now()
	ctx := stream.Context()
	defer func() {
		if p := recover(); p != nil {
			err = e.panicked(ctx, info.FullMethod, p)
		}
		err = e.finish(ctx, info.FullMethod, started, err)
	}()
	return next(srv, stream)
}

func (e *edge) checkStream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return next(srv, &checked{ServerStream: stream, edge: e, method: info.FullMethod})
}

// checked is a stream whose received messages are validated.
type checked struct {
	grpc.ServerStream
	edge   *edge
	method string
}

// RecvMsg receives the next message and validates it.
func (c *checked) RecvMsg(m any) error {
	if err := c.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	return c.edge.accept(m, c.method)
}

// panicked logs a panic with its stack and returns an error that tells nothing.
func (e *edge) panicked(ctx context.Context, method string, p any) error {
	e.logger.ErrorContext(ctx, "handler panicked", "method", method, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	return &Refusal{Code: codes.Internal, Reason: "internal", Message: internalMessage}
}

// finish maps the error, logs what is our own fault, and counts the call.
func (e *edge) finish(ctx context.Context, method string, started time.Time, err error) error {
	s := Status(err)
	e.metrics.observe(method, s.Code(), time.Since(started))
	if err == nil {
		return nil
	}
	switch s.Code() {
	case codes.Internal, codes.Unknown, codes.DataLoss, codes.Unavailable, codes.ResourceExhausted:
		e.logger.ErrorContext(ctx, "call failed", "method", method, "code", s.Code().String(), "error", err.Error())
	default:
		e.logger.DebugContext(ctx, "call refused", "method", method, "code", s.Code().String(), "error", err.Error())
	}
	return s.Err()
}
