package incident

import "slices"

// PostmortemState is where the post-mortem of an incident stands.
type PostmortemState uint8

// The states, in their order.
const (
	PostmortemNone      PostmortemState = iota // nobody was asked to write it
	PostmortemDraft                            // it is written
	PostmortemInReview                         // others read it
	PostmortemPublished                        // everybody may read it
	PostmortemClosed                           // nothing is left to do about it
)

func postmortemStateNames() []string {
	return []string{"none", "draft", "in_review", "published", "closed"}
}

// String returns the name in lower case with '_', for example "in_review".
func (p PostmortemState) String() string { return nameOf(postmortemStateNames(), p) }

// ParsePostmortemState reads draft, in_review (also review), published or closed
// without regard to case. It returns a Rejection of kind InvalidArgument.
func ParsePostmortemState(s string) (PostmortemState, error) {
	if foldName(s) == "review" {
		return PostmortemInReview, nil
	}
	return parseName[PostmortemState]("postmortem_state", postmortemStateNames(), s)
}

// Next returns the states to which the post-mortem may go from here: forwards, and
// back for more work.
func (p PostmortemState) Next() []PostmortemState {
	switch p {
	case PostmortemNone:
		return []PostmortemState{PostmortemDraft}
	case PostmortemDraft:
		return []PostmortemState{PostmortemInReview}
	case PostmortemInReview:
		return []PostmortemState{PostmortemDraft, PostmortemPublished}
	case PostmortemPublished:
		return []PostmortemState{PostmortemInReview, PostmortemClosed}
	case PostmortemClosed:
	}
	return nil
}

// goesTo reports whether the post-mortem may go to another state from here.
func (p PostmortemState) goesTo(to PostmortemState) bool { return slices.Contains(p.Next(), to) }
