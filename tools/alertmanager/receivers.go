package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/notify/opsgenie"
	"github.com/prometheus/alertmanager/notify/pagerduty"
	"github.com/prometheus/alertmanager/notify/webhook"
	"github.com/prometheus/alertmanager/template"
)

// read returns what tells each receiver of a configuration, by its name.
func read(file string) (map[string][]notify.Notifier, error) {
	c, err := config.LoadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	texts, err := template.FromGlobs(nil)
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	if texts.ExternalURL, err = url.Parse("http://alertmanager.example"); err != nil {
		return nil, err
	}
	receivers := map[string][]notify.Notifier{}
	for _, r := range c.Receivers {
		if receivers[r.Name], err = notifiers(r, texts); err != nil {
			return nil, fmt.Errorf("receiver %s: %w", r.Name, err)
		}
	}
	return receivers, nil
}

func notifiers(r config.Receiver, texts *template.Template) (found []notify.Notifier, err error) {
	quiet := slog.New(slog.DiscardHandler)
	add := func(n notify.Notifier, problem error) {
		found = append(found, n)
		if err == nil {
			err = problem
		}
	}
	for _, c := range r.WebhookConfigs {
		n, problem := webhook.New(c, texts, quiet)
		add(n, problem)
	}
	for _, c := range r.PagerdutyConfigs {
		n, problem := pagerduty.New(c, texts, quiet)
		add(n, problem)
	}
	for _, c := range r.OpsGenieConfigs {
		n, problem := opsgenie.New(c, texts, quiet)
		add(n, problem)
	}
	return found, err
}

// again is how long it waits before it tries again.
const again = 200 * time.Millisecond

// tell tells a receiver; what is to be tried again is.
func tell(ctx context.Context, receiver []notify.Notifier, alerts []*alert.Alert) error {
	for _, n := range receiver {
		for {
			verdict := n.Notify(ctx, alerts...)
			if verdict.Err() == nil {
				break
			}
			if !verdict.ShouldRetry() {
				return verdict.Err()
			}
			select {
			case <-time.After(again):
			case <-ctx.Done():
				return verdict.Err()
			}
		}
	}
	return nil
}
