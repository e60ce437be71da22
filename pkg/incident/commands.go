package incident

// Commands lists every command once, as its zero value. A test compares it with
// the source, so none can be forgotten.
func Commands() []Command {
	return []Command{
		Declare{},
		Acknowledge{},
		ChangeSeverity{},
		ChangeStatus{},
		Mitigate{},
		Resolve{},
		Reopen{},
		Close{},
		Cancel{},
		Merge{},
		AssignRole{},
		HandOverRole{},
		ReleaseRole{},
		PostUpdate{},
		AddNote{},
		SetImpact{},
		PublishUpdate{},
		RetractUpdate{},
		EditEntry{},
		PinEntry{},
		HideEntry{},
		RedactEntry{},
		LinkAlert{},
		// Work and aftermath.
		AddTask{},
		AssignTask{},
		EndTask{},
		AddFollowUp{},
		ReviseFollowUp{},
		EndFollowUp{},
		StartChecklist{},
		TickChecklistItem{},
		ConfirmStability{},
		AddDebrief{},
		AssignPostmortem{},
		ChangePostmortemState{},
		ChangeVisibility{},
		AddMember{},
		RemoveMember{},
		ScheduleReview{},

		// Investigation.
		AddHypothesis{},
		TestHypothesis{},
		ConfirmHypothesis{},
		EliminateHypothesis{},
		ReopenHypothesis{},
		Assess{},
		MakeDecision{},
		StartImpact{},
		EndImpact{},
		SetBlastRadius{},
		ChangeCategory{},
		RelateIncident{},
		UnrelateIncident{},

		// Clocks, laws and commands that people ran.
		RecordClock{},
		RecordLegalEvent{},
		RecordCommand{},
		RecordCheck{},
	}
}
