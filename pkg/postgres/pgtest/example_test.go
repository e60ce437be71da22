package pgtest_test

import (
	"os"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

func TestDatabasesOfTestsAreApart(t *testing.T) {
	first, second := server.Pool(t), server.Pool(t)
	if _, err := first.Exec(t.Context(), "create table mine (id int)"); err != nil {
		t.Fatal(err)
	}
	var there bool
	err := second.QueryRow(t.Context(), "select to_regclass('mine') is not null").Scan(&there)
	if err != nil || there {
		t.Fatalf("the table of another test is here: %v, %v", there, err)
	}
}

func TestADatabaseIsDroppedWithItsTest(t *testing.T) {
	var url string
	t.Run("inner", func(t *testing.T) { url = server.URL(t) })
	pool := pgtest.Open(t, url)
	if err := pool.Ping(t.Context()); err == nil {
		t.Fatal("the database of a test that ended is still there")
	}
}
