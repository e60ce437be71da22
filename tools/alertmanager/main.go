package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/common/model"
)

// patience bounds the whole run.
const patience = 30 * time.Second

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "alertmanager-notify:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	const wanted = 2
	if len(args) != wanted {
		return errors.New("usage: alertmanager-notify CONFIG GROUP < ALERTS")
	}
	receivers, err := read(args[0])
	if err != nil {
		return err
	}
	var sent []model.Alert
	if err := json.NewDecoder(os.Stdin).Decode(&sent); err != nil {
		return fmt.Errorf("read alerts: %w", err)
	}
	alerts := make([]*alert.Alert, 0, len(sent))
	var firing, resolved []uint64
	for _, a := range sent {
		told := alert.New(a, time.Now(), false)
		alerts = append(alerts, told)
		if told.Resolved() {
			resolved = append(resolved, uint64(told.Fingerprint()))
		} else {
			firing = append(firing, uint64(told.Fingerprint()))
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	group := model.LabelSet{model.AlertNameLabel: model.LabelValue(args[1])}
	ctx = notify.WithGroupKey(ctx, "{}:"+group.String())
	ctx = notify.WithGroupLabels(ctx, group)
	ctx = notify.WithNow(ctx, time.Now())
	ctx = notify.WithRepeatInterval(ctx, time.Hour)
	ctx = notify.WithFiringAlerts(ctx, firing)
	ctx = notify.WithResolvedAlerts(ctx, resolved)
	for name, r := range receivers {
		if err := tell(notify.WithReceiverName(ctx, name), r, alerts); err != nil {
			return fmt.Errorf("tell %s: %w", name, err)
		}
	}
	return nil
}
