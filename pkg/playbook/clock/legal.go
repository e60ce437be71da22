package clock

import "slices"

// laws reads the clocks of every law that a mark names.
func (t *teller) laws() {
	for _, law := range t.policies.Laws {
		named := func(m Mark) bool { return m.Law == law.name }
		if !slices.ContainsFunc(t.facts.Marks, named) {
			continue
		}
		var marks, before []Mark // before the law was withdrawn, and since
		var withdrawn Moment
		for _, m := range t.facts.Marks {
			switch {
			case !named(m):
			case m.Kind == Withdrawn:
				before, marks, withdrawn = marks, nil, m.Moment
			default:
				marks = append(marks, m)
			}
		}
		for i := range law.duties {
			d := &law.duties[i]
			if r, ok := t.duty(law, d, marks); ok {
				t.add(r)
			} else if r, ok := t.duty(law, d, before); ok {
				if r.State != Met {
					r.stop(withdrawn, law.title+" does not apply after all")
				}
				t.add(r)
			}
		}
	}
}

// duty reads the clock of one report; false when it has not begun.
func (t *teller) duty(law *Law, d *duty, marks []Mark) (Reading, bool) {
	start, ok := find(marks, d.starts, d.report, d.fromLatest)
	if !ok {
		return Reading{}, false
	}
	if _, reported := find(marks, Submitted, d.afterReport, false); d.afterReport != "" && !reported {
		return Reading{}, false
	}
	due := law.due(d, start.At, marks)
	r := Reading{
		Clock: Legal, Subject: d.subject, Start: start.Moment, Due: due, Warn: warn(start.At, due, d.warnBefore),
		Text: d.text, Source: law.source,
	}
	if submitted, ok := find(marks, Submitted, d.id, false); ok {
		r.met(submitted.Moment, "submitted")
		return r, true
	}
	if mark, ok := find(marks, NotApplying, d.id, true); ok {
		r.stop(mark.Moment, "recorded as not applying")
		return r, true
	}
	if mark, ok := find(marks, Submitted, d.replacedBy, false); ok && d.replacedBy != "" {
		r.stop(mark.Moment, d.replacedBy+" was submitted in its place")
		return r, true
	}
	r.at(t.now, "not submitted", 0, "")
	return r, true
}

// find returns the first mark of a kind and duty by its time, or the latest.
func find(marks []Mark, kind MarkKind, duty string, latest bool) (Mark, bool) {
	var found Mark
	ok := false
	for _, m := range marks {
		if m.Kind != kind || m.Duty != duty {
			continue
		}
		if !ok || latest && m.At.After(found.At) || !latest && m.At.Before(found.At) {
			found, ok = m, true
		}
	}
	return found, ok
}
