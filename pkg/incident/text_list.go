package incident

import "strings"

// joinList puts a list under a line that says what it is, below a text.
func joinList(text, mark string, items []string) string {
	if len(items) == 0 {
		return text
	}
	var b strings.Builder
	if text != "" {
		b.WriteString(text + "\n\n")
	}
	b.WriteString(mark)
	for _, item := range items {
		b.WriteString("\n- " + item)
	}
	return b.String()
}

// splitList takes apart what joinList put together, also when it was edited since.
// Without such a list at the end all of it is text.
func splitList(joined, mark string) (text string, items []string) {
	joined = strings.TrimSpace(joined)
	begin, width := 0, len(mark)
	if !strings.HasPrefix(joined, mark+"\n") {
		begin, width = strings.LastIndex(joined, "\n\n"+mark+"\n"), len(mark)+2
	}
	if begin < 0 {
		return joined, nil
	}
	for line := range strings.SplitSeq(joined[begin+width:], "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		item, found := strings.CutPrefix(line, "- ")
		if !found {
			return joined, nil
		}
		items = append(items, strings.TrimSpace(item))
	}
	return strings.TrimSpace(joined[:begin]), items
}

// checkLines wants at most limit lines, none of them empty.
func checkLines(field string, lines []string, limit int) error {
	if len(lines) > limit {
		return tooMany(field, len(lines), limit)
	}
	for _, line := range lines {
		if err := checkLine(field, line, "put the rest into the text"); err != nil {
			return err
		}
	}
	return nil
}
