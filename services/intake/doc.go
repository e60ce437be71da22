// Package intake is the door for machines: it takes alerts over HTTP, stores them
// before it answers, and turns them into the life of alerts and into incidents.
//
// It writes nothing but raw signals itself; everything else goes through the
// command service. It needs the message server and no database.
package intake
