package runbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// ErrRules: a text holds no rules of Prometheus.
var ErrRules = errors.New("no rules of Prometheus")

// maxDocuments bounds the documents of one file.
const maxDocuments = 10_000

// Rule is an alerting rule.
type Rule struct {
	Alert
	// Group is the name of its group, Line where it begins, from 1.
	Group string
	Line  int
}

// rulesDocument is a rule file, a resource PrometheusRule, or a list of these.
type rulesDocument struct {
	Kind   string       `yaml:"kind"`
	Groups *[]ruleGroup `yaml:"groups"`
	Spec   struct {
		Groups *[]ruleGroup `yaml:"groups"`
	} `yaml:"spec"`
	Items []rulesDocument `yaml:"items"`
}

type ruleGroup struct {
	Name  string      `yaml:"name"`
	Rules []yaml.Node `yaml:"rules"`
}

// ParseRules reads the alerting rules of a file of Prometheus, or of resources of the
// kind PrometheusRule; recording rules are passed over. It returns [ErrRules], wrapped
// with what is wrong. Source: the documentation of Prometheus and of its operator.
func ParseRules(data []byte) ([]Rule, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var rules []Rule
	found := false
	for range maxDocuments {
		var d rulesDocument
		err := decoder.Decode(&d)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrRules, err)
		}
		for _, one := range append([]rulesDocument{d}, d.Items...) {
			for _, groups := range []*[]ruleGroup{one.Groups, one.Spec.Groups} {
				if groups == nil {
					continue
				}
				found = true
				more, err := rulesOf(*groups)
				if err != nil {
					return nil, err
				}
				rules = append(rules, more...)
			}
		}
	}
	if !found {
		return nil, fmt.Errorf("%w: there are neither groups nor a PrometheusRule", ErrRules)
	}
	return rules, nil
}

func rulesOf(groups []ruleGroup) ([]Rule, error) {
	var rules []Rule
	for _, g := range groups {
		for i := range g.Rules {
			var r struct {
				Alert       string            `yaml:"alert"`
				Labels      map[string]string `yaml:"labels"`
				Annotations map[string]string `yaml:"annotations"`
			}
			if err := g.Rules[i].Decode(&r); err != nil {
				return nil, fmt.Errorf("%w: line %d: %w", ErrRules, g.Rules[i].Line, err)
			}
			if r.Alert != "" {
				rules = append(rules, Rule{Alert: Alert{Name: r.Alert, Labels: r.Labels, Annotations: r.Annotations}, Group: g.Name, Line: g.Rules[i].Line})
			}
		}
	}
	return rules, nil
}
