"""A browser's name for people, from its User-Agent header."""

from ua_parser import parse


def describe_browser(agent: str) -> str:
    """`Chromium 156 on Linux`, or what can be said of it; empty for an empty header."""
    found = parse(agent)
    browser = " ".join(filter(None, (found.user_agent.family, found.user_agent.major))) if found.user_agent else ""
    system = found.os.family if found.os else ""
    described = " on ".join(filter(None, (browser, system))) or agent[:60]
    # It is shown on terminals, too, and whoever connects has chosen it.
    return "".join(filter(str.isprintable, described))
