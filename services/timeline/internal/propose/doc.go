// Package propose makes proposals from what checks showed: when an incident began, and
// whether it is getting worse. It is pure; a person accepts what they hold to be right.
package propose
