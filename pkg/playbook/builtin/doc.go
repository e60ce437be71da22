// Package builtin holds the playbook that is used where a team has configured
// nothing: YAML documents like those that people write, compiled in.
package builtin
