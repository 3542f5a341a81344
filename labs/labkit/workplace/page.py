"""The start page as HTML: nothing from elsewhere, so that it works offline, in JupyterLab's own light or dark."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from string import Template
from typing import Final

from labkit.workplace.state import LabState, ServerState, next_lab

_PAGE: Final = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Your course</title><style>
:root { color-scheme: light dark; --line: light-dark(#dde1e6, #383d45); --muted: light-dark(#5b6470, #9aa3ae);
  --accent: light-dark(#b3541e, #f3a26d); --good: light-dark(#2e7d32, #81c784); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1.6rem 1.5rem 3rem;
  background: light-dark(#fff, #111417); color: light-dark(#1b1f24, #e4e7eb); }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
p { margin: 0 0 .6rem; color: var(--muted); }
a { color: var(--accent); }
.next { display: flex; gap: 1rem; align-items: center; justify-content: space-between; flex-wrap: wrap;
  border: 1px solid var(--line); border-left: 4px solid var(--accent); padding: .8rem 1rem; margin: 1.2rem 0; }
.next p { margin: 0; }
.button { background: var(--accent); color: light-dark(#fff, #111417); padding: .45rem 1rem; text-decoration: none;
  border-radius: 3px; white-space: nowrap; font-weight: 600; }
ol, ul { list-style: none; margin: 0; padding: 0; }
.lab { display: grid; grid-template-columns: 2.2rem 1fr auto 8rem; gap: .2rem .9rem; align-items: center;
  padding: .55rem 0; border-bottom: 1px solid var(--line); }
.lab .number { color: var(--muted); font-variant-numeric: tabular-nums; }
.lab small { color: var(--muted); }
.bar { height: 8px; background: var(--line); border-radius: 4px; overflow: hidden; }
.bar div { height: 100%; background: var(--good); }
.servers { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .3rem 1.5rem; }
.up { color: var(--good); } .down { color: var(--muted); }
.servers small { display: block; color: var(--muted); padding-left: 1.2rem; }
code { font-size: .92em; }
</style></head><body>
<h1>A payments lakehouse, hands on</h1>
<p>$passed of $exercises exercises passed, in $labs labs.</p>
<div class="next"><div><strong>$next_title</strong><p>$next_words</p></div>
<a class="button" $next_link>$next_button</a></div>
<h2>The labs</h2>
<ol>
$rows
</ol>
<h2>The platform</h2>
<p>A name with a link opens the server's own page, through this JupyterLab and its token.</p>
<ul class="servers">
$servers
</ul>
<h2>When you need it</h2>
<p>In a terminal (File → New → Terminal): <code>lakehouse lab start NN</code> brings the platform to where a lab begins,
<code>lakehouse lab reset NN</code> gives you its empty notebook back, <code>lakehouse trace EVENT_ID</code> finds a
payment, <code>lakehouse doctor</code> says what is wrong with this machine.</p>
<p>As of $now. <a href="">Look again</a></p>
<script>
// In a tab of JupyterLab's: its own light or dark, and notebooks open beside this page.
const lab = window.parent !== window && window.parent.jupyterapp;
if (lab) {
  const body = window.parent.document.body;
  const dress = () => {
    document.documentElement.style.colorScheme = body.dataset.jpThemeLight === "false" ? "dark" : "light";
  };
  dress();
  new MutationObserver(dress).observe(body, { attributes: true });
  for (const link of document.querySelectorAll("a[data-path]")) {
    link.addEventListener("click", event => {
      event.preventDefault();
      lab.commands.execute("docmanager:open", { path: link.dataset.path });
    });
  }
  // Whoever comes back to this tab has done something in another.
  let away = false;
  new IntersectionObserver(([seen]) => {
    if (seen.isIntersecting && away) location.reload();
    away = !seen.isIntersecting;
  }).observe(document.querySelector("h1"));
}
</script>
</body></html>
""")
_CODE: Final = re.compile(r"`([^`]+)`")


def render(labs: Sequence[LabState], servers: Sequence[ServerState], base: str, now: datetime) -> str:
    """Return the page. `base` is JupyterLab's own address, such as `/`."""
    ahead = next_lab(labs)
    title, words, button = _next(ahead, labs)
    return _PAGE.substitute(
        passed=sum(one.passed for one in labs),
        exercises=sum(one.exercises for one in labs),
        labs=len(labs),
        next_title=escape(title),
        next_words=words,
        next_button=button,
        next_link=_notebook(ahead, base),
        rows="\n".join(_lab(one, base) for one in labs),
        servers="\n".join(map(_server, servers)),
        now=f"{now:%H:%M:%S} UTC",
    )


def _next(ahead: LabState, labs: Sequence[LabState]) -> tuple[str, str, str]:
    title = f"Lab {ahead.name[:2]} · {ahead.title}"
    if not ahead.left:
        return "You have passed every exercise of the course", "Any lab may be begun again.", "Open the last lab"
    if ahead.begun:
        words = f"{ahead.passed} of {ahead.exercises} exercises passed; next is <code>{escape(ahead.left[0])}</code>."
        return title, words, "Go on"
    first = not any(one.begun for one in labs)
    return title, f"{ahead.exercises} exercises.", "Begin the course" if first else "Begin"


def _notebook(lab: LabState, base: str) -> str:
    path = f"labs/{lab.name}.ipynb"
    return f'href="{escape(base)}lab/tree/{path}" data-path="{path}" target="_blank"'


def _lab(lab: LabState, base: str) -> str:
    share = 100 * lab.passed // lab.exercises
    state = "done" if not lab.left else f"{lab.passed} of {lab.exercises}" if lab.begun else ""
    return (
        f'<li class="lab"><span class="number">{lab.name[:2]}</span>'
        f"<a {_notebook(lab, base)}>{escape(lab.title)}</a><small>{state}</small>"
        f'<div class="bar" role="img" aria-label="{share} % passed"><div style="width:{share}%"></div></div></li>'
    )


def _server(server: ServerState) -> str:
    name = escape(server.name)
    if server.page and server.running:
        name = f'<a href="{escape(server.page)}" target="_blank">{escape(server.title)}</a>'
    login = _CODE.sub(r"<code>\1</code>", escape(server.login))
    login = f"<small>{login}</small>" if login else ""
    mark = '<span class="up">●</span>' if server.running else '<span class="down" title="not running">○</span>'
    return f"<li>{mark} {name}{login}</li>"
