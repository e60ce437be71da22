package source

// All lists the sources that there are: each is one file, and one line here.
func All() []Source {
	return []Source{
		Alertmanager{},
		CloudEvents{},
		Datadog{},
		Grafana{},
		IncidentIO{},
		Opsgenie{},
		OpsgenieWebhook{},
		PagerDuty{},
		PagerDutyWebhook{},
		Sentry{},
	}
}
