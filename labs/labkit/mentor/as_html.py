"""A class as one self-contained page, light or dark: no script, nothing from elsewhere."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from string import Template
from typing import Final

from labkit.mentor import words
from labkit.mentor.exercises import difficulties
from labkit.mentor.learners import Learner, Mark, Standing
from labkit.mentor.mistakes import Mistake
from services.contracts.settings import REPOSITORY

NOTES: Final = REPOSITORY / "labs" / "mentor"
_SIGNS: Final = {
    Mark.ALONE: ("alone", "✔"),
    Mark.HINTS: ("hints", "✔"),
    Mark.SOLUTION: ("solution", "✔"),
    Mark.TRYING: ("trying", "✘"),
    Mark.OPEN: ("open", "·"),
}
_PAGE: Final = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The class</title><style>
:root { color-scheme: light dark; --line: light-dark(#d8dbe0, #3a3f47); --muted: light-dark(#5b6470, #9aa3ae); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1.25rem;
  background: light-dark(#fff, #15181c); color: light-dark(#1b1f24, #e4e7eb); }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
p { margin: .2rem 0 .8rem; color: var(--muted); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 100%; }
th { font-weight: 600; font-size: .85em; color: var(--muted); }
th, td { text-align: left; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.stuck td:first-child { border-left: 4px solid light-dark(#d9730d, #ffa344); padding-left: .6rem; font-weight: 600; }
.mark { text-align: center; min-width: 3.2rem; padding: .3rem; border: 2px solid light-dark(#fff, #15181c); }
.mark small { display: block; font-size: .72em; }
.exercise { font-size: .78em; text-align: center; padding: .3rem; font-family: ui-monospace, monospace; }
.alone { background: light-dark(#b7e1c1, #1e5631); } .hints { background: light-dark(#dcefb8, #4a5a17); }
.solution { background: light-dark(#fde9b3, #6b5310); } .trying { background: light-dark(#f8c9c4, #7a2a23); }
.open { color: var(--muted); }
.legend span { padding: .1rem .5rem; margin-right: .5rem; border-radius: 3px; color: light-dark(#1b1f24, #e4e7eb); }
code { font-size: .92em; }
</style></head><body>
<h1>The class</h1>
<p>$count learners, as their logs tell at $now. Time is time at work: 15 minutes without an event were a pause.</p>
<h2>Who is where</h2>
<p>Marked: 15 minutes or four tries at the same exercise.</p>
<div class="scroll"><table><thead><tr><th>Learner</th><th>Lab</th><th>Passed</th><th>At exercise</th>
<th class="number">For</th><th class="number">Tries</th><th class="number">Hint</th><th class="number">In all</th>
<th>Last seen</th></tr></thead><tbody>
$people
</tbody></table></div>
<h2>Common wrong answers</h2>
<p>What the checks said, alike but for ids and numbers; one example of each.</p>
<div class="scroll"><table><thead><tr><th class="number">Learners</th><th class="number">Times</th><th>Exercise</th>
<th>The check said</th></tr></thead><tbody>
$mistakes
</tbody></table></div>
<h2>Exercise by exercise</h2>
<p class="legend">$legend</p>
$labs
<h2>How hard it was</h2>
<p>Medians, over those who touched the exercise.</p>
<div class="scroll"><table><thead><tr><th>Lab</th><th>Exercise</th><th class="number">Touched</th>
<th class="number">Passed</th><th class="number">Minutes</th><th class="number">Tries</th><th class="number">Hints</th>
<th class="number">After the solution</th></tr></thead><tbody>
$hard
</tbody></table></div>
</body></html>
""")


def page(learners: Sequence[Learner], mistakes: Sequence[Mistake], now: datetime) -> str:
    """Return the whole page."""
    ordered = sorted(learners, key=lambda learner: (not learner.stuck, learner.name))
    nobody = '<tr><td colspan="4">None yet.</td></tr>'
    return _PAGE.substitute(
        count=len(learners),
        now=f"{now:%Y-%m-%d %H:%M} UTC",
        people="\n".join(_person(one, now) for one in ordered),
        mistakes="\n".join(_mistake(one) for one in mistakes) or nobody,
        legend="".join(f'<span class="{kind}">{sign} {mark}</span>' for mark, (kind, sign) in _SIGNS.items()),
        labs="\n".join(_lab(lab, learners) for lab in sorted({lab for one in learners for lab in one.labs})),
        hard="\n".join(_hard(learners)),
    )


def _cells(*words_: str, numbers: Iterable[str] = ()) -> str:
    text = "".join(f"<td>{escape(word)}</td>" for word in words_)
    return text + "".join(f'<td class="number">{escape(number)}</td>' for number in numbers)


def _person(one: Learner, now: datetime) -> str:
    here = one.here
    at_it = (words.lasting(here.active_s), str(here.tries)) if here else ("", "")
    numbers = (*at_it, words.hint(here), words.lasting(one.hours() * 3600))
    row = _cells(one.name, one.lab, words.share(one), words.place(one), numbers=numbers)
    return f"<tr{' class=stuck' if one.stuck else ''}>{row}{_cells(words.ago(one.last, now))}</tr>"


def _mistake(one: Mistake) -> str:
    numbers = "".join(f'<td class="number">{number}</td>' for number in (one.learners, one.times))
    where = f"<td>{escape(one.lab[:2])} <code>{escape(one.exercise)}</code></td>"
    return f"<tr>{numbers}{where}<td>{escape(one.message)}</td></tr>"


def _lab(lab: str, learners: Sequence[Learner]) -> str:
    there = [one for one in learners if lab in one.labs]
    names = [standing.exercise for standing in there[0].labs[lab]]
    heading = "".join(f'<th class="exercise">{escape(name)}</th>' for name in names)
    rows = "".join(
        f"<tr><td>{escape(one.name)}</td>{''.join(map(_mark, one.labs[lab]))}</tr>"
        for one in sorted(there, key=lambda learner: learner.name)
    )
    notes = f" · teaching notes: <code>labs/mentor/{escape(lab)}.md</code>" if (NOTES / f"{lab}.md").exists() else ""
    table = f'<div class="scroll"><table><thead><tr><th></th>{heading}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f"<p><strong>{escape(lab)}</strong>{notes}</p>{table}"


def _mark(one: Standing) -> str:
    kind, sign = _SIGNS[one.mark]
    said = f"{one.mark}; {one.tries} tries, {one.hints} of {one.ladder} hints, {words.lasting(one.active_s)}"
    small = f"<small>{words.lasting(one.active_s)}</small>" if one.mark is not Mark.OPEN else ""
    return f'<td class="mark {kind}" title="{escape(said)}">{sign}{small}</td>'


def _hard(learners: Sequence[Learner]) -> Iterable[str]:
    for one in difficulties(learners):
        numbers = (one.touched, one.passed, f"{one.minutes:.1f}", f"{one.tries:g}", f"{one.hints:g}", one.solutions)
        yield f"<tr>{_cells(one.lab, one.exercise, numbers=map(str, numbers))}</tr>"
