package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The statements around the queries of a snapshot. Each query is planned for its
// own arguments: what is quickest for a service that everybody has is slow for one
// that few have.
const (
	beginSQL = "begin read only, isolation level repeatable read"
	liveSQL  = `select version, fold, searchable, set_config('search_path', 'timeline_v' || version, true),
		set_config('plan_cache_mode', 'force_custom_plan', true) from timeline.live`
	positionSQL = "select epoch, sequence, hash from checkpoint"
	commitSQL   = "commit"
)

// statements are those that a connection has prepared, by their text.
type statements struct {
	known map[string]*pgconn.StatementDescription
}

// mostStatements bounds how many statements a connection keeps; what comes after
// is prepared anew each time.
const mostStatements = 256

// statementsKey is where a connection keeps its statements.
const statementsKey = "bridgelog timeline statements"

func statementsOf(conn *pgx.Conn) *statements {
	data := conn.PgConn().CustomData()
	if s, ok := data[statementsKey].(*statements); ok {
		return s
	}
	s := &statements{known: make(map[string]*pgconn.StatementDescription)}
	data[statementsKey] = s
	return s
}

// describe prepares a statement on the search path as it is.
func (s *statements) describe(ctx context.Context, conn *pgx.Conn, sql string) (*pgconn.StatementDescription, error) {
	if d, ok := s.known[sql]; ok {
		return d, nil
	}
	name := ""
	if len(s.known) < mostStatements {
		name = fmt.Sprintf("timeline_%d", len(s.known))
	}
	d, err := conn.PgConn().Prepare(ctx, name, sql, nil)
	if err == nil && name != "" {
		s.known[sql] = d
	}
	return d, err
}

var errAfterLast = errors.New("a query after the last one of a snapshot")

// query runs a query, with the beginning of the transaction before the first one
// and its end after the last one. What was sent is received by the next query, or
// by end.
func (s *Snapshot) query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := s.settle(); err != nil {
		return nil, err
	}
	if s.ended {
		return nil, errAfterLast
	}
	_, known := s.prepared.known[sql]
	if !s.begun && !known {
		// Statements can only be prepared where they find their tables.
		if err := s.begin(ctx); err != nil {
			return nil, err
		}
	}
	d, err := s.prepared.describe(ctx, s.conn, sql)
	if err != nil {
		return nil, err
	}
	var built pgx.ExtendedQueryBuilder
	if err := built.Build(s.conn.TypeMap(), d, args); err != nil {
		return nil, err
	}
	s.sent = s.conn.PgConn().StartPipeline(ctx)
	begins := !s.begun
	if begins {
		sendPlain(s.sent, beginSQL, liveSQL, positionSQL)
	}
	s.sent.SendQueryStatement(d, built.ParamValues, built.ParamFormats, built.ResultFormats)
	if s.last {
		sendPlain(s.sent, commitSQL)
		s.ended = true
	}
	if err := s.sent.Sync(); err != nil {
		return nil, err
	}
	if begins {
		if err := s.receiveBegin(); err != nil {
			return nil, err
		}
	}
	reader, err := next(s.sent)
	if err != nil {
		return nil, err
	}
	return pgx.RowsFromResultReader(s.conn.TypeMap(), reader), nil
}

// begin begins the transaction in a round trip of its own.
func (s *Snapshot) begin(ctx context.Context) error {
	s.sent = s.conn.PgConn().StartPipeline(ctx)
	sendPlain(s.sent, beginSQL, liveSQL, positionSQL)
	if err := s.sent.Sync(); err != nil {
		return err
	}
	if err := s.receiveBegin(); err != nil {
		return err
	}
	return s.settle()
}

// receiveBegin receives what the statements before the first query answer.
func (s *Snapshot) receiveBegin() error {
	begun, err := next(s.sent)
	if err != nil {
		return err
	}
	if _, err := begun.Close(); err != nil {
		return err
	}
	s.begun = true
	live, err := next(s.sent)
	if err != nil {
		return err
	}
	if s.Live, err = liveOf(live.Read()); err != nil {
		return err
	}
	position, err := next(s.sent)
	if err != nil {
		return err
	}
	s.Position, err = positionOf(position.Read())
	return err
}

// settle receives the rest of what was sent.
func (s *Snapshot) settle() error {
	if s.sent == nil {
		return nil
	}
	err := s.sent.Close()
	s.sent = nil
	return err
}

// end ends the transaction.
func (s *Snapshot) end(ctx context.Context) error {
	err := s.settle()
	if err != nil || s.ended || !s.begun {
		return err
	}
	_, err = s.conn.PgConn().Exec(ctx, commitSQL).ReadAll()
	return err
}

// sendPlain sends statements without arguments, whose values come back as text.
func sendPlain(p *pgconn.Pipeline, statements ...string) {
	for _, sql := range statements {
		p.SendQueryParams(sql, nil, nil, nil, nil)
	}
}

// next receives the beginning of the next statement's answer.
func next(p *pgconn.Pipeline) (*pgconn.ResultReader, error) {
	answer, err := p.GetResults()
	if err != nil {
		return nil, err
	}
	reader, ok := answer.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("unexpected answer %T of the database", answer)
	}
	return reader, nil
}
