package postgres_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

func TestErrorsAreTypedAndKeepTheDriversTextInside(t *testing.T) {
	pool := server.Pool(t)
	ctx := t.Context()
	if _, err := pool.Exec(ctx, "create table secret_table (id int primary key); insert into secret_table values (1)"); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, sql string
		want      error
	}{
		{"no row", "select id from secret_table where id = 7", postgres.ErrNotFound},
		{"twice", "insert into secret_table values (1) returning id", postgres.ErrExists},
		{"no table", "select 1 from secret_other", postgres.ErrSchemaGone},
		{"nonsense", "select secret_function()", postgres.ErrRefused},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var id int
			err := postgres.Wrap("read thing", pool.QueryRow(ctx, c.sql).Scan(&id))
			if !errors.Is(err, c.want) {
				t.Fatalf("err = %v, want %v", err, c.want)
			}
			if strings.Contains(err.Error(), "secret") || !strings.HasPrefix(err.Error(), "read thing: ") {
				t.Errorf("the text is %q", err)
			}
			if postgres.Unmask(err) == nil {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestAWrappedErrorKeepsItsKind(t *testing.T) {
	inner := postgres.Wrap("inner", context.Canceled)
	if err := postgres.Wrap("outer", inner); !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v", err)
	}
	if postgres.Wrap("nothing", nil) != nil {
		t.Fatal("nil became an error")
	}
}

func TestAnUnreachableDatabaseIsUnavailable(t *testing.T) {
	pool := pgtest.Open(t, "postgres://nobody:hidden@127.0.0.1:1/none")
	err := postgres.Ping(t.Context(), pool)
	if !errors.Is(err, postgres.ErrUnavailable) || strings.Contains(err.Error(), "hidden") {
		t.Fatalf("err = %v, want ErrUnavailable", err)
	}
}

func TestABadAddressDoesNotShowItsPassword(t *testing.T) {
	_, err := postgres.Open(t.Context(), "postgres://u:hidden@host:notaport/x", postgres.Options{})
	if err == nil || strings.Contains(err.Error(), "hidden") {
		t.Fatalf("err = %v", err)
	}
}

func TestAPoolRecoversFromAnOutage(t *testing.T) {
	outage := pgtest.NewOutage(t)
	pool := pgtest.Open(t, outage.URL())
	if err := postgres.Ping(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	outage.Stop(t)
	if err := postgres.Ping(t.Context(), pool); !errors.Is(err, postgres.ErrUnavailable) {
		t.Fatalf("err = %v, want ErrUnavailable", err)
	}
	outage.Start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for postgres.Ping(ctx, pool) != nil {
		if ctx.Err() != nil {
			t.Fatal("the pool did not recover")
		}
	}
}

func TestMigrateRunsEachStepOnceWhoeverCalls(t *testing.T) {
	pool := server.Pool(t)
	files := fstest.MapFS{
		"001_first.sql":  {Data: []byte("create table thing (id bigint primary key);")},
		"002_second.sql": {Data: []byte("insert into thing values (1);")},
	}
	var group errgroup.Group
	for range 4 {
		group.Go(func() error { return postgres.Migrate(t.Context(), pool, "shop", files) })
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := pool.QueryRow(t.Context(), "select count(*) from shop.thing").Scan(&n); err != nil || n != 1 {
		t.Fatalf("n = %d, err = %v", n, err)
	}
	var path string
	if err := pool.QueryRow(t.Context(), "show search_path").Scan(&path); err != nil || strings.Contains(path, "shop") {
		t.Fatalf("search_path = %q, err = %v", path, err)
	}
	delete(files, "002_second.sql")
	if err := postgres.Migrate(t.Context(), pool, "shop", files); !errors.Is(err, postgres.ErrNewer) {
		t.Fatalf("err = %v, want ErrNewer", err)
	}
}
