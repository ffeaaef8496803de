"""Browsers by the names that people know."""

import pytest

from notifier.browser import describe_browser


@pytest.mark.parametrize(
    ("agent", "described"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome 142 on Linux",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox 145 on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "Mobile Safari 18 on iOS",
        ),
        ("", ""),
        ("what nobody knows", "what nobody knows"),
        ("\x1b[2J\x9b2Jgone", "[2J2Jgone"),
    ],
)
def test_browser_is_described(agent: str, described: str) -> None:
    assert describe_browser(agent) == described
