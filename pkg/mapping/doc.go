// Package mapping reads JSON of any form as alerts, by expressions that a team writes in
// CEL, the Common Expression Language. It is pure: the same mapping and body always say
// the same, and an expression ends within a bounded cost.
package mapping
