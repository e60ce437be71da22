// Package answer implements notify.v1.NotifyService: it shows the ledger and lets
// people steer it. It decides nothing about who hears of what; package act does.
package answer
