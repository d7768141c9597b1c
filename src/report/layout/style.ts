// The style of reports: system fonts, light and dark by the reader's setting, one column on a phone, no folds on paper.
const light = `
  --ink: #1a1d23; --muted: #59616e; --paper: #ffffff; --panel: #f5f7f9; --line: #dfe3e8;
  --accent: #1f62ad; --good: #17754a; --bad: #b0322a; --warn: #855800; --right: 31 98 173; --wrong: 201 84 40;
  --curve-1: #1f62ad; --curve-2: #c2571a; --curve-3: #6b7280; --curve-4: #17754a;`;
const dark = `
  --ink: #e7eaee; --muted: #a4adba; --paper: #111317; --panel: #1a1e24; --line: #2e343d;
  --accent: #74b0f2; --good: #5cc792; --bad: #f28b82; --warn: #e3b655; --right: 84 148 222; --wrong: 224 112 66;
  --curve-1: #74b0f2; --curve-2: #f0a066; --curve-3: #98a2b0; --curve-4: #5cc792;`;

/** Rules of every page. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
main, header.top, footer { width: 100%; max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
main { min-width: 0; }
header.top { padding-top: 1.5rem; }
.contents { position: sticky; top: 0; z-index: 5; background: var(--paper); border-bottom: 1px solid var(--line); font-size: .86rem; }
.contents ul { display: flex; gap: 1.1rem; max-width: 62rem; margin: 0 auto; padding: .5rem 1.25rem; list-style: none; overflow-x: auto; white-space: nowrap; }
.contents a { color: var(--muted); text-decoration: none; } .contents a:hover, .contents a:focus-visible { color: var(--accent); text-decoration: underline; }
section, [id] { scroll-margin-top: 3rem; }
@media (min-width: 76rem) {
  body.report { display: grid; grid-template-columns: 11.5rem minmax(0, 62rem); justify-content: center; gap: 0 1rem; }
  body.report > header, body.report > main, body.report > footer { grid-column: 2; margin: 0; }
  .contents { grid-column: 1; grid-row: 1 / span 3; align-self: start; top: 0; max-height: 100vh; overflow-y: auto; padding: 1.7rem 0 1rem; border: 0; }
  .contents ul { display: block; margin: 0; padding: 0 0 0 1.25rem; white-space: normal; } .contents li { margin: 0 0 .55rem; line-height: 1.3; }
  section, [id] { scroll-margin-top: 1rem; }
}
a.term { color: inherit; text-decoration: underline dotted from-font; text-underline-offset: .2em; text-decoration-color: var(--muted); cursor: help; }
a.term:focus-visible::after { content: attr(title); position: fixed; z-index: 9; left: 1rem; right: 1rem; bottom: 1rem; max-width: 46rem; padding: .6rem .9rem; background: var(--paper); color: var(--ink); border: 1px solid var(--muted); border-radius: 8px; font: 400 .9rem/1.45 system-ui, sans-serif; text-align: left; white-space: normal; letter-spacing: 0; }
.eyebrow { margin: 0; color: var(--muted); font-size: .85rem; letter-spacing: .04em; text-transform: uppercase; }
h1 { margin: .2rem 0 .35rem; font-size: clamp(1.55rem, 5vw, 2.15rem); line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .6rem; font-size: 1.25rem; letter-spacing: -.01em; line-height: 1.3; }
h3 { margin: 1rem 0 .4rem; font-size: 1rem; }
.fold { margin: .7rem 0; border-top: 1px solid var(--line); padding-top: .7rem; } .fold h2 { display: inline; margin: 0; font-size: 1.05rem; } section + section > .fold { margin-top: .7rem; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.muted { color: var(--muted); }
small, .small { font-size: .86rem; }
bdi { overflow-wrap: anywhere; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .88em; }
pre { margin: .6rem 0; padding: .8rem 1rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
  white-space: pre-wrap; overflow-wrap: anywhere; }

.headline { display: grid; grid-template-columns: minmax(13rem, 21rem) minmax(0, 1fr); gap: 1rem 1.8rem; align-items: start;
  margin: 1rem 0 0; padding: 1rem 1.3rem; background: var(--panel); border: 1px solid var(--line); border-radius: 12px; }
.headline .unknown { font-size: 1.15rem; font-weight: 600; margin: .3rem 0; }
.headline .figure { font-size: clamp(2.6rem, 9vw, 3.6rem); font-weight: 650; line-height: 1.05; letter-spacing: -.03em; margin: .1rem 0; }
.headline p { margin: .2rem 0; } .headline details { grid-column: 1 / -1; min-width: 0; margin: 0; font-size: .9rem; } .headline > div { min-width: 0; }
.intervals { margin: .3rem 0 0; padding: 0; list-style: none; display: grid; gap: .2rem; font-size: .92rem; }
.intervals li { display: grid; grid-template-columns: minmax(8rem, 14.5rem) minmax(5rem, 1fr) 10.2rem; gap: 0 .9rem; align-items: center; line-height: 1.3; }
.intervals .own .label, .intervals .own .value { font-weight: 650; } .intervals .value { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.intervals small { font-weight: 400; }
.intervals li.axis { grid-template-columns: minmax(8rem, 14.5rem) minmax(5rem, 1fr) 10.2rem; } .intervals li.axis span { grid-row: 1; grid-column: 2; }
.intervals li.axis span:nth-child(2) { justify-self: center; } .intervals li.axis span:nth-child(3) { justify-self: end; }
.track { position: relative; height: 1rem; background: linear-gradient(var(--line), var(--line)) center/100% 1px no-repeat; }
.track i { position: absolute; top: 50%; display: block; }
.track .range { height: 8px; margin-top: -4px; border-radius: 4px; background: var(--curve-3); opacity: .4; min-width: 2px; }
.track .dot { width: 10px; height: 10px; margin: -5px 0 0 -5px; border-radius: 50%; background: var(--curve-3); }
.own .track .range, .own .track .dot { background: var(--accent); }

.verdict { margin: .8rem 0 0; padding: .7rem 1.1rem; border: 1px solid var(--line); border-left: 5px solid var(--muted); border-radius: 8px; }
.verdict.positive { border-left-color: var(--good); } .verdict.negative { border-left-color: var(--bad); }
.verdict.inconclusive { border-left-color: var(--warn); }
.verdict p { margin: .15rem 0; } .verdict > p { max-width: none; } .verdict details { margin: .25rem 0 0; font-size: .9rem; }
.verdict.positive > p strong { color: var(--good); } .verdict.negative > p strong { color: var(--bad); } .verdict.inconclusive > p strong { color: var(--warn); }

.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.2rem, 1fr)); gap: .6rem; margin: .8rem 0 0; padding: 0; }
.tiles div { padding: .5rem .75rem; border: 1px solid var(--line); border-radius: 8px; }
.tiles dt { color: var(--muted); font-size: .82rem; } .tiles dd { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles dd small { display: block; font-weight: 400; color: var(--muted); font-size: .78rem; line-height: 1.35; }

dl.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .45rem 1.4rem; margin: 0; }
dl.facts dt { color: var(--muted); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; max-width: 100%;
  background: linear-gradient(to right, var(--paper) 40%, transparent) 0 0/2rem 100% no-repeat local, linear-gradient(to left, var(--paper) 40%, transparent) 100% 0/2rem 100% no-repeat local,
    linear-gradient(to right, rgb(127 127 127 / .35), transparent) 0 0/.5rem 100% no-repeat scroll, linear-gradient(to left, rgb(127 127 127 / .35), transparent) 100% 0/.5rem 100% no-repeat scroll; }
.headline .scroll { background: none; }
table.data { border-collapse: collapse; font-variant-numeric: tabular-nums; }
table.data caption { caption-side: bottom; padding-top: .45rem; text-align: left; color: var(--muted); font-size: .86rem; }
table.data th, table.data td { padding: .34rem .8rem .34rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
table.data thead th { color: var(--muted); font-weight: 500; font-size: .86rem; border-bottom-color: var(--muted); }
table.data tbody th { font-weight: 500; }
table.data .n { text-align: right; white-space: nowrap; }
table.data bdi { display: inline-block; max-width: 16rem; overflow-wrap: break-word; vertical-align: top; }
table.data tr.best { font-weight: 650; }
.bar { display: inline-block; width: 4.5rem; height: .55rem; margin-left: .6rem; border-radius: 3px; background: var(--line); overflow: hidden; vertical-align: baseline; }
.bar i { display: block; height: 100%; background: var(--accent); }

table.confusion { border-collapse: separate; border-spacing: 2px; font-variant-numeric: tabular-nums; }
table.confusion th { font-weight: 500; padding: .25rem .5rem; text-align: left; max-width: 12rem; }
table.confusion thead th { text-align: center; vertical-align: bottom; max-width: 7rem; }
table.confusion th bdi { display: inline-block; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom; }
table.confusion.many thead th.class bdi { writing-mode: vertical-rl; rotate: 180deg; max-height: 9rem; max-width: none; }
table.confusion td { min-width: 3.6rem; height: 2.1rem; padding: 0 .4rem; text-align: center; border-radius: 4px; background: rgb(var(--wrong) / calc(var(--share) * .62)); }
table.confusion.many td { min-width: 2rem; height: 1.9rem; font-size: .85rem; }
table.confusion td.right { background: rgb(var(--right) / calc(var(--share) * .5)); font-weight: 650; }
table.confusion td.zero { color: var(--muted); background: none; }
table.confusion th.axis { max-width: none; }
table.confusion td.total { background: none; color: var(--muted); white-space: nowrap; }
.axis { color: var(--muted); font-size: .82rem; font-weight: 400; white-space: nowrap; }

.beside { display: flex; flex-wrap: wrap; gap: .4rem 2.5rem; align-items: flex-start; } .beside > div { min-width: 0; max-width: 100%; } .beside h3 { margin-top: .2rem; } .beside p { max-width: 34rem; }
.keep { white-space: nowrap; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.curve { margin: 0; min-width: 0; padding: .9rem .9rem .4rem; border: 1px solid var(--line); border-radius: 8px; }
.curve figcaption { font-weight: 600; margin-bottom: .3rem; } .curve figcaption span { font-weight: 400; color: var(--muted); font-size: .86rem; }
.curve .plot { min-height: 15rem; } svg.lines { display: block; width: 100%; height: auto; } svg.lines text { fill: var(--muted); font-size: 12px; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; font-size: .86rem; max-width: none; } .legend span { display: inline-flex; align-items: center; gap: .4rem; min-width: 0; }
.legend svg { flex: none; } .legend i { flex: none; width: .7rem; height: .7rem; border-radius: 50%; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.uplot, .uplot * { font-family: inherit; } .u-legend { font-size: .84rem; text-align: left; }
.u-legend th { font-weight: 400; } .u-series:has(.u-value:empty) th::after { content: none !important; } .u-legend .u-marker { border-radius: 50%; }
details { margin: .6rem 0; } summary { cursor: pointer; color: var(--accent); }

.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(6.6rem, 1fr)); gap: .7rem; margin: 0; padding: 0; list-style: none; }
.examples figure { margin: 0; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; height: 100%; background: var(--panel); }
.examples.pairs { grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); } .examples.pairs li { display: grid; grid-template-columns: 1fr 1fr; gap: .35rem; align-content: start; } .examples.pairs p { grid-column: 1 / -1; margin: 0; }
.examples img, .examples .missing { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: cover; background: var(--line); }
.examples .missing { display: grid; place-items: center; color: var(--muted); font-size: .8rem; }
.examples figcaption { padding: .35rem .45rem .45rem; font-size: .8rem; line-height: 1.35; overflow-wrap: anywhere; }
.examples .mistake { color: var(--bad); font-weight: 600; } .examples .correct { color: var(--good); font-weight: 600; }
.examples.texts { grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); } .examples blockquote { margin: 0; padding: .6rem .8rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.examples.clips { grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); } .examples .spectrogram { aspect-ratio: auto; height: 6rem; object-fit: fill; image-rendering: pixelated; } .examples audio { display: block; width: 100%; height: 2.2rem; }
.data .spectrogram { display: block; width: 15rem; max-width: 100%; height: 4rem; object-fit: fill; image-rendering: pixelated; } .data audio { display: block; width: 15rem; max-width: 100%; height: 2.2rem; }
.examples .file { display: block; color: var(--muted); font-size: .75rem; overflow-wrap: anywhere; }
.notes { margin: .8rem 0 0; padding: .6rem 1.1rem; border: 1px solid var(--line); border-left: 5px solid var(--warn); border-radius: 8px; }
.notes ul { margin: .2rem 0 0; padding-left: 1.2rem; } .notes li { overflow-wrap: anywhere; }
.notes.few { margin-top: 1.4rem; border-color: var(--bad); border-left-color: var(--bad); } .notes.few strong { color: var(--bad); }
.orders button { font: inherit; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); color: var(--ink); cursor: pointer; }
.orders button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); }
footer { margin-top: 2rem; padding-top: 1rem; padding-bottom: 2.5rem; color: var(--muted); font-size: .86rem; }
footer p { border-top: 1px solid var(--line); padding-top: 1rem; max-width: none; }

@media screen and (max-width: 44rem) {
  .headline { grid-template-columns: minmax(0, 1fr); padding: 1rem; }
  .intervals li { grid-template-columns: 1fr auto; } .intervals .track { grid-column: 1 / -1; grid-row: 2; } .intervals li.axis { grid-template-columns: 1fr; } .intervals li.axis span { grid-column: 1; }
  .intervals .value { white-space: normal; } .tiles { grid-template-columns: repeat(auto-fit, minmax(6.8rem, 1fr)); }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: .6rem; }
  table.confusion th { padding: .2rem .3rem; max-width: 6.5rem; } table.confusion td { min-width: 2.2rem; height: 2.1rem; padding: 0 .15rem; }
  table.confusion th.axis { font-size: .7rem; white-space: normal; } .bar { display: none; }
}
@media print {
  body { font-size: 10pt; } main, header.top, footer { max-width: none; padding-left: 0; padding-right: 0; } .contents, .orders { display: none; }
  .headline { grid-template-columns: 11rem minmax(0, 1fr); gap: .6rem 1rem; padding: .6rem .8rem; } .headline .figure { font-size: 2.1rem; } .curve .plot { min-height: 0; } .intervals { font-size: .8rem; } .intervals li, .intervals li.axis { grid-template-columns: 9.5rem minmax(4rem, 1fr) 9rem; }
  .curves { grid-template-columns: 1fr 1fr; gap: .6rem; } .uplot { zoom: .66; } .tiles { grid-template-columns: repeat(6, 1fr); gap: .4rem; } .tiles dd { font-size: .95rem; }
  h2, h3, summary { break-after: avoid; } .curve, .examples li, .explained li, .notes, tr { break-inside: avoid; }
  .track i, td, .bar, .bar i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } a.term { text-decoration: none; }
  .scroll { overflow: visible; background: none; }
  details::details-content { content-visibility: visible; display: block; height: auto; } summary { list-style: none; } summary::-webkit-details-marker { display: none; }
}
`;

/** Rules of pages in Chinese: a head of two characters in a table is not broken between them. */
export const chineseStyle = `
table.data th, table.confusion th { word-break: keep-all; }`;
