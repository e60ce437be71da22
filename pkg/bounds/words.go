package bounds

import "buf.build/go/protovalidate"

// Words says what is wrong with a field and what it has to be, as the end of a sentence
// that begins with the field. What is not said by an expression
// is said in protovalidate's words.
func Words(v *protovalidate.Violation) string {
	if v.Proto.GetRuleId() != "string.pattern" || !v.RuleValue.IsValid() {
		return v.Proto.GetMessage()
	}
	name := ""
	if v.FieldDescriptor != nil {
		name = string(v.FieldDescriptor.Name())
	}
	if f := Of(v.RuleValue.String(), name); f.Says != "" {
		return f.Words()
	}
	return v.Proto.GetMessage()
}

// Form is what a text has to look like.
type Form struct {
	// Says is the form in words.
	Says string
	// Example is a text of that form.
	Example string
	// Listed is where those that there are stand; may be empty.
	Listed string
}

// Words are the form as one sentence.
func (f Form) Words() string {
	words := f.Says + ", such as " + f.Example
	if f.Listed != "" {
		words += "; " + f.Listed + " shows those that there are"
	}
	return words
}
