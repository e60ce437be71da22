// Package write is the write side of incidents: CommandService.
//
// Every call but a declaration and an import takes the same way: the handler in
// calls.go hands its request to [Service.write]; commandOf turns it into the
// domain's command; carryOut decides on the incident's desk and appends.
//
// What is promised: an answered call is durable; a call repeated with its request
// id is carried out once, for ever; a caller that sent an etag, or whose command
// touches what somebody else changed at the same instant, is told so.
package write
