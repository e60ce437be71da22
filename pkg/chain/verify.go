package chain

import "fmt"

// VerifyRecord checks one record by itself: the facts are those of the envelope,
// the content is, or it is marked as redacted and gone. It returns a
// [*VerifyError] or [ErrMalformed].
func VerifyRecord(r Record) (Envelope, error) {
	e, err := r.Envelope()
	if err != nil {
		return Envelope{}, err
	}
	fault := func(f Fault) error { return &VerifyError{Subject: e.Subject, Revision: e.Revision, Fault: f} }
	if h := HashFacts(r.Facts); string(h[:]) != string(e.FactsHash) {
		return e, fault(FaultFacts)
	}
	if r.Redacted {
		if len(r.Content) > 0 || len(r.Salt) > 0 {
			return e, fault(FaultRedaction)
		}
		return e, nil
	}
	if len(r.Salt) != SaltSize {
		return e, fault(FaultContent)
	}
	if h := CommitContent(r.Salt, r.Content); string(h[:]) != string(e.ContentCommitment) {
		return e, fault(FaultContent)
	}
	return e, nil
}

// HeadOf is the end of the chain after an encoded commit, as its last envelope
// states it; nothing is verified.
func HeadOf(data []byte) (Head, error) {
	c, err := Open(data)
	if err != nil {
		return Head{}, err
	}
	last := &c.Records[len(c.Records)-1]
	e, err := last.Envelope()
	if err != nil {
		return Head{}, err
	}
	return Head{Revision: e.Revision, Hash: last.Hash(), RecordedAtMicros: e.RecordedAtMicros}, nil
}

// Verifier walks the commits of one subject in order and proves that they are
// one unbroken chain. Its zero value is not usable; call [NewVerifier].
//
// Anybody who can write to the store can set a redaction mark: whoever verifies
// must also find an event that explains each of [Verifier.Redacted].
type Verifier struct {
	subject  string
	head     Head
	redacted []uint64
	lastID   string
}

// NewVerifier starts at the beginning of a subject's chain.
func NewVerifier(subject string) *Verifier { return &Verifier{subject: subject} }

// ResumeVerifier starts after a head that was verified before.
func ResumeVerifier(subject string, head Head) *Verifier {
	return &Verifier{subject: subject, head: head}
}

// Head is the end of what was verified so far.
func (v *Verifier) Head() Head { return v.head }

// Redacted are the revisions, ascending, whose content is gone.
func (v *Verifier) Redacted() []uint64 { return v.redacted }

// Commit verifies the next commit. After an error the verifier stays where it
// was before the faulty record.
func (v *Verifier) Commit(data []byte) error {
	c, err := Open(data)
	if err != nil {
		return fmt.Errorf("verify %s: %w", v.subject, err)
	}
	for i := range c.Records {
		if err := v.record(c.Records[i]); err != nil {
			return fmt.Errorf("verify %s: %w", v.subject, err)
		}
	}
	return nil
}

func (v *Verifier) record(r Record) error {
	e, err := VerifyRecord(r)
	if err != nil {
		return err
	}
	if f := v.fault(&e); f != "" {
		return &VerifyError{Subject: v.subject, Revision: v.head.Revision + 1, Fault: f}
	}
	v.head = Head{Revision: e.Revision, Hash: r.Hash(), RecordedAtMicros: e.RecordedAtMicros}
	v.lastID = e.EventID
	if r.Redacted {
		v.redacted = append(v.redacted, e.Revision)
	}
	return nil
}

func (v *Verifier) fault(e *Envelope) Fault {
	var prev []byte
	if v.head.Revision > 0 {
		prev = v.head.Hash[:]
	}
	switch {
	case e.Subject != v.subject:
		return FaultSubject
	case e.Revision != v.head.Revision+1:
		return FaultRevision
	case string(e.PrevHash) != string(prev):
		return FaultLink
	case e.RecordedAtMicros < v.head.RecordedAtMicros:
		return FaultClock
	case e.EventID == "" || e.EventID == v.lastID:
		return FaultEvent
	}
	return ""
}
