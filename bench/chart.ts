/** `node bench/chart.ts`: docs/images/bench.svg from bench/results.json: CPU and memory of a batch, pressrun and its peers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Contender } from './gate/benches.ts';
import type { BenchResult, Results } from './gate/results.ts';

const SHOWN = ['batch of 500 × 100 kB', 'batch of 100 × 5 MB', 'batch of 50 × 20 MB'];
const NAMES: Readonly<Record<Contender, string>> = {
  pressrun: 'pressrun',
  openai: 'openai + p-limit',
  ai: 'Vercel ai + p-limit',
  fetch: 'fetch + p-limit',
};
const [WIDTH, PANEL, BAR, LABEL, TOP] = [860, 430, 13, 118, 58];
const GROUP = BAR * Object.keys(NAMES).length + 34;

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const results: Results = JSON.parse(readFileSync(path('results.json'), 'utf8'));
const benches = SHOWN.map((name) => {
  const bench = results.benches.find((each) => each.name === name);
  if (bench === undefined) throw new Error(`bench/results.json has no ${name}: npm run bench`);
  return bench;
});
writeFileSync(path('../docs/images/bench.svg'), svgOf(benches));

function svgOf(shown: readonly BenchResult[]): string {
  const height = TOP + GROUP * shown.length + 30;
  const { cpu, cores, node } = results.machine;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="CPU time per image and peak memory of pressrun and three scripts">
<style>
  text { fill: #57606a } .title { fill: #1f2328; font-weight: 600; font-size: 14px } .own { fill: #1f2328; font-weight: 600 }
  .bar { fill: #afb8c1 } .bar.own { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 } .title, text.own { fill: #f0f6fc } .bar { fill: #565f69 } .bar.own { fill: #4493f8 }
  }
</style>
${panel(
  0,
  'CPU time per image',
  shown,
  ({ images, medians }, by) => (medians[by]?.cpuMs ?? 0) / images,
  (ms) => `${ms.toFixed(1)} ms`,
)}
${panel(
  PANEL,
  'Peak memory of all processes',
  shown,
  ({ medians }, by) => medians[by]?.peakMb ?? 0,
  (mb) => `${Math.round(mb).toLocaleString('en-US')} MB`,
)}
<text x="0" y="${height - 6}">50 calls at a time, medians of ${shown[0]?.rounds} rounds, ${cores} cores (${cpu}), Node ${node}, ${results.at.slice(0, 10)}</text>
</svg>
`;
}

function panel(
  left: number,
  title: string,
  shown: readonly BenchResult[],
  figure: (bench: BenchResult, by: Contender) => number,
  text: (value: number) => string,
): string {
  const groups = shown.map((bench, nth) => {
    const top = TOP + nth * GROUP;
    const contenders = Object.keys(NAMES).filter((by): by is Contender => by in bench.medians);
    // Each group has a scale of its own: what counts is pressrun beside its peers.
    const most = Math.max(...contenders.map((by) => figure(bench, by)));
    const bars = contenders.map((by, row) => {
      const y = top + 8 + row * BAR;
      const width = Math.max(1, (figure(bench, by) / most) * (PANEL - LABEL - 90));
      const own = by === 'pressrun' ? ' own' : '';
      return `<text class="name${own}" x="${left + LABEL - 6}" y="${y + 10}" text-anchor="end">${NAMES[by]}</text>
<rect class="bar${own}" x="${left + LABEL}" y="${y + 1}" width="${width.toFixed(1)}" height="${BAR - 2}" rx="2"/>
<text class="${own}" x="${(left + LABEL + width + 6).toFixed(1)}" y="${y + 10}">${text(figure(bench, by))}</text>`;
    });
    return `<text x="${left}" y="${top}">${bench.name.replace('batch of ', '')}</text>\n${bars.join('\n')}`;
  });
  return `<text class="title" x="${left}" y="22">${title}</text>\n${groups.join('\n')}`;
}
