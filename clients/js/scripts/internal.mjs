// Members of the client's own parts, which the build gives short names. None of them is of the public API, of the protocol, of what tabs
// tell each other or of what is stored; and no object of the platform is asked for one of them.

export const INTERNAL = [
  // Parts, Source, Session
  ...["Socket", "credential", "emit", "fail", "line", "session", "source"],
  ...["accepted", "arrived", "changed", "dead", "look", "restart", "suspend", "wake", "welcomed"],
  ...["begin", "probe", "received", "saw", "say", "turnTo"],
  // Cursors, Credential, and what a session consists of
  ...["advance", "current", "drain", "forget", "handled", "heard", "isNew", "isRead", "places", "renew", "rest", "save", "switchTo"],
  // The elements' parts
  ...["clock", "moment", "node", "progress", "tick", "turn", "users"],
  // Tabs and their locks
  ...["asked", "depose", "isHeld", "leave", "present", "standing", "waiting", "woken"],
];
