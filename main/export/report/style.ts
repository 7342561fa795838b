/** The report's style sheet. Held-out is teal and a disc, seen is violet and a diamond, the locked set is amber. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--line:#dfe3e8;--text:#1b2129;--soft:#5b6673;--held:#0b7a75;--seen:#6b3fc4;--locked:#a15c00;--bad:#b3261e;--good:#1c7a3d;--held-wash:#0b7a7518;--seen-wash:#6b3fc418;--locked-wash:#a15c0014;--margin:#1b212910}
@media (prefers-color-scheme:dark){:root{--page:#0f1115;--card:#171a21;--line:#2a2f39;--text:#e7eaee;--soft:#98a2af;--held:#45c4d6;--seen:#b79cff;--locked:#f5b041;--bad:#ff7b72;--good:#6fd893;--held-wash:#45c4d61f;--seen-wash:#b79cff1f;--locked-wash:#f5b0411a;--margin:#ffffff12}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:960px;margin:0 auto;padding:40px 24px 80px}
header{margin-bottom:24px}
main>section>:last-child{margin-bottom:0}
h3{font-size:15px;margin:18px 0 10px;font-weight:600}h2+h3{margin-top:0}
h1{font-size:28px;line-height:1.25;margin:4px 0 8px;font-weight:650;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:13px;text-transform:uppercase;letter-spacing:.07em;color:var(--soft);font-weight:650;margin:0 0 14px}
h4{margin:0;font-size:14px}
p{margin:0 0 12px;max-width:75ch}
.eyebrow{color:var(--soft);margin:0}
.note,caption,figcaption{color:var(--soft);font-size:14px}
main>section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:22px 24px;margin:0 0 16px}
.verdict{border-left:5px solid var(--soft)!important}
.verdict.leak,.verdict.reversed{border-left-color:var(--bad)!important}
.verdict.inflated,.verdict.inflated-small{border-left-color:var(--seen)!important}
.verdict.equivalent{border-left-color:var(--held)!important}
.sentence{font-size:21px;line-height:1.4;max-width:62ch;text-wrap:pretty}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:14px 22px;margin:18px 0 12px}
.fact dt{font-size:13px;font-weight:600}
.fact dd{margin:0}
.fact strong{display:block;font-size:28px;line-height:1.2;font-weight:620;font-variant-numeric:tabular-nums}
.fact span{display:block;font-size:13px;line-height:1.4;color:var(--soft)}
figure{margin:8px 0 20px}
section>figure:last-child,section>.heats:last-child figure{margin-bottom:0}
figure svg{display:block;width:100%;height:auto}
figcaption{margin-top:8px;max-width:80ch}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--text)}
svg .tick{fill:var(--soft);font-size:11.5px}
svg .tick.strong{fill:var(--text)}
svg .name{font-size:13.5px}
svg .value{font-size:13.5px;font-variant-numeric:tabular-nums}
svg .strong{font-weight:650}
.grid{stroke:var(--line)}.zero{stroke:var(--soft)}.margin{fill:var(--margin)}
.bar{stroke:var(--soft);stroke-width:3;stroke-linecap:round}.bar.strong{stroke:var(--text);stroke-width:4}
.point{fill:var(--text);stroke:var(--card);stroke-width:2}
.pair{stroke:var(--soft);stroke-opacity:.6;stroke-width:1.5}
svg .held{fill:var(--held);stroke:var(--card)}svg .seen{fill:var(--card);stroke:var(--seen);stroke-width:2}
.held-band{fill:var(--held-wash)}.seen-band{fill:var(--seen-wash)}
.median{stroke:var(--text);stroke-width:2}
.held-text,svg text.held-text{color:var(--held);fill:var(--held)}.seen-text,svg text.seen-text{color:var(--seen);fill:var(--seen)}
.curve,.loss{fill:none;stroke-width:1.8;stroke-linejoin:round}
.held-line{stroke:var(--held)}.seen-line{stroke:var(--seen);stroke-dasharray:5 3}
.loss{stroke:var(--soft);stroke-width:1.2}.loss.own{stroke:var(--text);stroke-width:2.2}
.cell.right{fill:var(--held)}.cell.wrong{fill:var(--bad)}
svg .cell-text{font-size:12px;font-variant-numeric:tabular-nums}
.heats{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:24px}
.heat svg{width:auto;max-width:100%}
.flow{list-style:none;display:flex;flex-wrap:wrap;gap:10px;padding:0;margin:0}
.flow li{position:relative;flex:1 1 150px;border:1px solid var(--line);border-top:3px solid var(--soft);border-radius:6px;padding:10px 12px}
.flow strong{display:block;font-size:14px}.flow span{font-size:14px;color:var(--soft)}
.flow .held{border-top-color:var(--held)}.flow .seen{border-top-color:var(--seen)}.flow .locked{border-top-color:var(--locked)}
.folds{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px;margin-top:14px}
.fold{border:1px solid var(--line);border-radius:8px;padding:12px}
.fold.held{background:var(--held-wash);border-color:var(--held)}.fold.locked{background:var(--locked-wash);border-color:var(--locked)}
.fold .note{font-size:13px;margin:2px 0 10px}
.fold ul{list-style:none;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:6px}
.fold li{flex:1 1 100%;background:var(--card);border:1px solid var(--line);border-left:4px solid var(--seen);border-radius:4px;padding:3px 8px;font-size:13px;break-inside:avoid}
.fold.held li{border-left-color:var(--held)}.fold.locked li{border-left-color:var(--locked)}
.fold li.torn{border-color:var(--bad)}
.fold small{display:block;color:var(--soft);font-size:12px}
.findings{padding:0;list-style:none}.findings li{border-left:4px solid var(--locked);padding:4px 12px;margin-bottom:8px}.findings .leak{border-color:var(--bad)}.findings .leak strong{color:var(--bad)}
.clean strong{color:var(--good)}
.scroll{overflow-x:auto;margin-bottom:16px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums;margin-bottom:14px}
caption{text-align:left;padding-bottom:8px}
th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);font-weight:400;vertical-align:top}
thead th{font-weight:600;font-size:13px;vertical-align:bottom}
tbody th{font-weight:600;white-space:nowrap}
td small{white-space:nowrap;color:var(--soft);font-size:12.5px}
.swatch{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:8px}
details summary{cursor:pointer;font-weight:600;font-size:14px;margin-bottom:10px}
.worst{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:22px}
.worst figure{margin:0}.worst .pair{display:grid;gap:4px}
.worst svg{width:100%;height:auto;background:#000;border-radius:4px}
.worst image{image-rendering:auto}
.halo,.reference,.prediction{fill:none;vector-effect:non-scaling-stroke}
.halo{stroke:#000;stroke-opacity:.4;stroke-width:3.6}path.reference{stroke:#fff;stroke-width:1.8}path.prediction{stroke:#ffb02e;stroke-width:2.2;stroke-dasharray:5 2}
p.key{display:flex;align-items:center;gap:8px;font-size:14px;color:var(--soft)}
.line{display:inline-block;width:38px;height:16px;border-radius:3px;background:#333 linear-gradient(#fff,#fff) center/26px 2px no-repeat}.line.prediction{background-image:repeating-linear-gradient(90deg,#ffa31a 0 6px,#333 6px 9px);margin-left:14px}
.origin{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;font-size:13px;margin:0}
.origin dt{color:var(--soft)}.origin dd{margin:0;overflow-wrap:anywhere}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media screen and (max-width:640px){.plot{overflow-x:auto}.plot svg{min-width:640px}main{padding:20px 12px}main>section{padding:16px}h1{font-size:23px}.sentence{font-size:18px}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--line:#d5d9de;--text:#000;--soft:#444;--held:#0b7a75;--seen:#6b3fc4;--locked:#a15c00;--bad:#b3261e;--good:#1c7a3d;--held-wash:#0b7a7512;--seen-wash:#6b3fc412;--locked-wash:#a15c0010;--margin:#00000010}body{font-size:11pt}main{max-width:none;padding:0}main>section{border:0;border-top:1px solid var(--line);border-radius:0;padding:14px 0}.verdict{padding-left:14px!important}figure,tr,.fact,.fold{break-inside:avoid}h2{break-after:avoid}}
`;
