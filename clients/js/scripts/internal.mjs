// Members of the client's own parts, which the build gives short names. None of them is of the public API, of the protocol, of what tabs
// tell each other or of what is stored; and no object of the platform is asked for one of them.

export const INTERNAL = [
  // Parts, Source, Session
  ...["credential", "emit", "fail", "line", "session", "source"],
  ...["accepted", "arrived", "changed", "dead", "look", "suspend", "wake", "welcomed"],
  ...["begin", "probe", "received", "saw", "say", "turnTo"],
  // Cursors, Credential, and what a session consists of
  ...["advance", "current", "drain", "forget", "handled", "heard", "isNew", "isRead", "places", "renew", "rest", "save", "switchTo"],
  // The elements' parts
  ...["clock", "moment", "node", "progress", "tick", "turn", "users"],
  // Tabs and their locks
  ...["isHeld", "leave", "spoken", "turned", "unanswered"],
];
