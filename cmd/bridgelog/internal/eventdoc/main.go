package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "eventdoc: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: eventdoc ROOT <IMAGE")
	}
	image, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read the protos: %w", err)
	}
	protos, err := readProtos(image)
	if err != nil {
		return err
	}
	rules, err := readRules(os.DirFS(filepath.Join(args[0], "pkg", "incident")))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	if err := write(w, protos, rules); err != nil {
		return err
	}
	return w.Flush()
}
