// Package template fills variables into texts that teams write: updates, messages
// to customers, hand-overs, post-mortems.
//
// A text holds {{name}}, or {{name | what to say without it}}. There is nothing
// else: no functions, no conditions, no loops, no way to reach data that is not in
// [Variables]. A value is put in as it is and never read again for variables, so
// what a customer or a machine wrote cannot become a template. \{{ stands for two
// braces.
//
// A name that is not documented is refused when the text is read; a variable that
// has no value when it is rendered, by its name. What customers read may only use
// variables that are public.
package template
