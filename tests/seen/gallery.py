"""Write every table and chart to one page that opens offline: `python tests/seen/gallery.py PAGE.html [en|fr]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import vl_convert

sys.path.insert(0, str(Path(__file__).parent))

from examples import all_charts, all_tables

_SNIPPET = """
window.drawn = Promise.all([...document.querySelectorAll("[data-chart]")].map(async (box) => {
  const spec = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  await vegaEmbed(box, spec, { actions: false, renderer: "svg" });
})).then(() => true);
"""


def page(lang: str = "en") -> str:
    """Give the page as text."""
    parts = []
    for name, chart in all_charts(lang).items():
        spec = json.dumps(chart.to_dict()).replace("<", "\\u003c")
        parts.append(f'<h2>{name}</h2><div data-chart="spec-{name}" style="width:100%"></div>')
        parts.append(
            f'<script type="application/json" id="spec-{name}">{spec}</script><p>{chart.to_dict()["description"]}</p>'
        )
    for name, table in all_tables(lang).items():
        parts.append(f"<h2>{name}</h2>{table._repr_html_()}")
    bundle = vl_convert.javascript_bundle(vl_version="6.4")
    view = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head = f'<!doctype html><html lang="{lang}">{view}<title>Gallery</title>'
    look = "body{max-width:900px;margin:12px auto;padding:0 12px;font-family:sans-serif}h2{font-size:14px;color:#555}"
    style = f"<style>{look}</style>"
    return f"{head}{style}<main>{''.join(parts)}</main><script>{bundle}</script><script>{_SNIPPET}</script></html>"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(page(*sys.argv[2:3]), encoding="utf-8")
    print(target)
