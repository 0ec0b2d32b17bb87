"""How the pages of a scan look, in light and dark."""

CSS = """
:root { color-scheme: light dark; --ink: #1f2933; --quiet: #6b7785; --line: #e4e8ed; --paper: #fff; --blue: #1565c0;
  --other: #9aa5b1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ed; --quiet: #9aa5b1; --line: #36404b; --paper: #1b2026;
  --blue: #64a8f0; --other: #6b7785; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  padding: 2.5rem 1.5rem; max-width: 66rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2.4rem 0 .8rem; }
p.about, .note { color: var(--quiet); font-size: .9rem; margin: 0 0 .6rem; }
p.answer { font-size: 1.1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .87rem; font-variant-numeric: tabular-nums; }
th { text-align: right; color: var(--quiet); font-weight: 600; border-bottom: 1px solid var(--other);
  padding: .3rem .6rem; }
td { text-align: right; border-bottom: 1px solid var(--line); padding: .3rem .6rem; }
th.text, td.text { text-align: left; } tr.found td:nth-child(-n+2) { font-weight: 600; color: var(--blue); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem; }
.placements { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1.2rem; }
.placements svg { background: #fff; border: 1px solid var(--line); border-radius: 6px; display: block; }
.placements figcaption { padding: .4rem .1rem; } b.found { color: var(--blue); } figcaption b { color: var(--ink); }
figure { margin: 0; } figcaption { color: var(--quiet); font-size: .85rem; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
svg text.name { fill: var(--ink); font-weight: 600; } svg .grid { stroke: var(--line); }
svg .expected { stroke: var(--quiet); stroke-dasharray: 4 4; } svg .found { fill: var(--blue); }
svg .other { fill: var(--other); opacity: .7; }
code { overflow-wrap: anywhere; }
"""
