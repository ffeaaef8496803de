"""The ratios as a picture: one bar for each row, ours over the peer's, on a logarithmic scale. SVG, for light and dark pages."""

import math
from pathlib import Path
from xml.sax.saxutils import escape

from bench.report import bound_text, number
from bench.run import Comparison, Outcome

_WIDTH, _LEFT, _RIGHT = 960, 420, 130
_LINE, _TOP, _BOTTOM = 26, 74, 56
_SMALLEST, _LARGEST = 0.01, 100.0

_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; }
  .small { font-size: 12px; fill: #59636e; }
  .axis { stroke: #d1d9e0; }
  .one { stroke: #59636e; stroke-dasharray: 4 3; }
  .met { fill: #1a7f37; } .not { fill: #bc4c00; } .plain { fill: #0969da; }
  .bound { stroke: #1f2328; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; } .small { fill: #9198a1; } .axis { stroke: #3d444d; } .one { stroke: #9198a1; }
    .met { fill: #3fb950; } .not { fill: #f0883e; } .plain { fill: #4493f8; } .bound { stroke: #f0f6fc; }
  }
"""


def draw(outcomes: list[Outcome], *, subtitle: str) -> str:
    bars = [
        (outcome, comparison)
        for outcome in outcomes
        for comparison in outcome.comparisons
        if comparison.ratio is not None
    ]
    height = _TOP + _LINE * len(bars) + _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="title">',
        f"<style>{_STYLE}</style>",
        '<title id="title">What Notifier takes, as a multiple of what its peers take</title>',
        '<text class="title" x="16" y="28">What Notifier takes, as a multiple of what its peers take (shorter is better)</text>',
        f'<text class="small" x="16" y="48">{escape(subtitle)}</text>',
    ]
    bottom = _TOP + _LINE * len(bars)
    for tick in (0.01, 0.1, 1.0, 10.0, 100.0):
        kind = "one" if tick == 1.0 else "axis"
        parts.append(f'<line class="{kind}" x1="{_x(tick):.0f}" x2="{_x(tick):.0f}" y1="{_TOP - 8}" y2="{bottom}"/>')
        parts.append(f'<text class="small" x="{_x(tick):.0f}" y="{bottom + 18}" text-anchor="middle">{tick:g} ×</text>')
    key = "The mark is what is to be reached: green within it, orange beyond it, blue where there is none."
    parts.append(f'<text class="small" x="16" y="{bottom + 42}">{key}</text>')
    for place, (outcome, comparison) in enumerate(bars):
        parts += _bar(outcome, comparison, _TOP + place * _LINE)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _bar(outcome: Outcome, comparison: Comparison, y: int) -> list[str]:
    assert comparison.ratio is not None
    kind = {True: "met", False: "not", None: "plain"}[comparison.met]
    end = _x(comparison.ratio)
    label = f"{outcome.row.name} / {comparison.peer}"
    beside = f"{number(outcome.ours)} : {number(comparison.peer_value)} {outcome.row.unit}"
    parts = [
        f'<text x="{_LEFT - 150}" y="{y + 14}" text-anchor="end">{escape(label)}</text>',
        f'<text class="small" x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(beside)}</text>',
        f'<rect class="{kind}" x="{_LEFT}" y="{y + 3}" width="{max(1.0, end - _LEFT):.1f}" height="{_LINE - 10}" rx="2"/>',
        f'<text x="{_WIDTH - 16}" y="{y + 14}" text-anchor="end">{number(comparison.ratio)} ×</text>',
    ]
    if comparison.bound is not None:
        at = _x(comparison.bound.most)
        hint = escape(bound_text(comparison.bound, outcome.row.unit))
        parts.append(
            f'<line class="bound" x1="{at:.1f}" x2="{at:.1f}" y1="{y}" y2="{y + _LINE - 4}"><title>{hint}</title></line>'
        )
    return parts


def _x(ratio: float) -> float:
    span = math.log10(_LARGEST / _SMALLEST)
    part = math.log10(min(max(ratio, _SMALLEST), _LARGEST) / _SMALLEST) / span
    return _LEFT + part * (_WIDTH - _LEFT - _RIGHT)


def write(path: Path, outcomes: list[Outcome], *, subtitle: str) -> None:
    path.write_text(draw(outcomes, subtitle=subtitle))
