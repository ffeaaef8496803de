"""Numbers as people read them. `clients/js/ops/figures.ts` does the same in the browser."""


def count(number: float | None) -> str:
    """`1,234`; – for what is not known."""
    return "–" if number is None else f"{number:,.0f}"


def rate(number: float | None) -> str:
    """A second: `0`, `4.2`, `1,234`."""
    if number is None:
        return "–"
    return f"{number:,.1f}" if 0 < number < 10 else f"{number:,.0f}"


def duration(milliseconds: float | None) -> tuple[str, str]:
    """(`4.2`, `ms`), (`1.3`, `s`); no unit without a number."""
    if milliseconds is None:
        return "–", ""
    if milliseconds < 10:
        return f"{milliseconds:.1f}", "ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f}", "ms"
    return f"{milliseconds / 1000:.1f}", "s"
