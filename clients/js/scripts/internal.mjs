// Members of the client's own parts, and the short names that the build gives them. None of them is of the public API, of the protocol, of what
// tabs tell each other or of what is stored; and no object of the platform is asked for one of them. Which short name is whose was found by
// trying what gzip makes the least bytes of. Any other would do, that no member has already.

export const INTERNAL = {
  // Parts, Source, Session
  accepted: "c", arrived: "$l", begin: "$n", callApi: "S", changed: "$s", command: "y", credential: "F", dead: "$w", emit: "$h", fail: "W",
  joinTabs: "C", line: "q", look: "$", openLink: "x", openSocket: "L", probe: "f", received: "$t", restore: "O", saw: "$y", say: "t", session: "l",
  source: "s", suspend: "$o", turnTo: "K", wake: "$f", welcomed: "n",
  // Cursors, Credential, and what a session consists of
  advance: "$g", count: "m", current: "p", drain: "v", flush: "A", forget: "i", handled: "g", heard: "$i", isNew: "$e", isRead: "E", places: "j",
  renew: "B", rest: "z", resumeFrom: "G", save: "$v", switchTo: "k",
  // The elements' parts
  ago: "$c", clock: "D", content: "U", items: "h", moment: "_", node: "e", number: "R", progress: "a", styles: "o", turn: "r", update: "T",
  users: "$a", words: "P",
  // Tabs and their locks
  isHeld: "u", leave: "$m", release: "w", spoken: "$p", tell: "$r", turned: "I", unanswered: "N", want: "b",
};
