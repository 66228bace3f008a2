import { type Html, html, ownMarkup } from './html.ts';

/** One picture of a sheet. */
export interface SheetCell {
  readonly row: number;
  readonly variant: number;
  readonly name: string;
  readonly prompt: string;
  readonly picked: boolean;
  /** In words, where costs are wanted. */
  readonly cost: string | undefined;
  readonly width: number;
  readonly height: number;
  /** A data URI; undefined if the image could not be read. */
  readonly picture: string | undefined;
}

export interface SheetGroup {
  readonly title: string | undefined;
  readonly cells: readonly SheetCell[];
}

interface SheetPage {
  readonly title: string;
  /** Facts of the batch: counts, credits, picks. */
  readonly facts: readonly string[];
  readonly columns: number;
  readonly groups: readonly SheetGroup[];
  readonly failures: readonly { readonly where: string; readonly name: string; readonly reason: string }[];
  /** Other files of the same sheet. */
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

/** No script, no network: a mail program or a browser shows it as it is. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1b1b1a, #ededea); --dim: light-dark(#55554f, #b4b4ac);
  --canvas: light-dark(#f4f4f2, #141413); --mat: light-dark(#dededb, #2b2b29); --line: light-dark(#d9d9d4, #35352f); }
* { box-sizing: border-box; }
body { margin: 24px; font: 13px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; color: var(--ink); background: var(--canvas); }
h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 14px; margin: 24px 0 8px; border-top: 1px solid var(--line); padding-top: 8px; }
.facts { color: var(--dim); margin: 0 0 16px; } .grid { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 16px 12px; }
figure { margin: 0; break-inside: avoid; } .mat { background: var(--mat); display: grid; place-items: center; aspect-ratio: var(--ratio); position: relative; overflow: hidden; }
img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; display: block; }
.picked .mat { outline: 3px solid #ffc53d; } .star { position: absolute; top: 6px; left: 6px; width: 22px; height: 22px; border-radius: 50%; background: #ffc53d; color: #1b1b1a; text-align: center; line-height: 22px; }
figcaption { display: flex; gap: 8px; padding-top: 4px; } figcaption b { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } figcaption span { margin-left: auto; color: var(--dim); white-space: nowrap; }
.prompt { margin: 0; color: var(--dim); font-size: 12px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; overflow-wrap: anywhere; }
.failures { padding-left: 20px; } nav { margin: 0 0 16px; display: flex; gap: 12px; flex-wrap: wrap; } a { color: light-dark(#1a3fae, #8fb2ff); }
@media (max-width: 640px) { .grid { grid-template-columns: repeat(2, minmax(0, 1fr)); } body { margin: 12px; } }
@media print { @page { size: A4; margin: 12mm; } body { margin: 0; background: none; } .grid { grid-template-columns: repeat(3, minmax(0, 1fr)); } .prompt { -webkit-line-clamp: none; } }
`;

/** The page of a contact sheet, complete in itself. */
export function sheetPage(page: SheetPage): string {
  const ratio = ratioOf(page.groups);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<style>${styleOf(page.columns, ratio)}</style>
</head>
<body>
<h1>${page.title}</h1>
<p class="facts">${page.facts.join(' · ')}</p>
${page.links.length === 0 ? undefined : html`<nav>${page.links.map(({ href, text }) => html`<a href="${href}">${text}</a>`)}</nav>`}
${page.groups.map(groupHtml)}
${page.failures.length === 0 ? undefined : failuresHtml(page.failures)}
</body>
</html>
`.text;
}

function styleOf(columns: number, ratio: string): Html {
  return html`${ownMarkup(STYLE)}:root { --columns: ${columns}; --ratio: ${ratio}; }`;
}

function groupHtml({ title, cells }: SheetGroup): Html {
  return html`${title === undefined ? undefined : html`<h2>${title}</h2>`}<div class="grid">${cells.map(cellHtml)}</div>`;
}

function cellHtml(cell: SheetCell): Html {
  const { row, variant, name, prompt, picked, cost, picture } = cell;
  return html`<figure${picked ? html` class="picked"` : undefined}>
<div class="mat">${
    picture === undefined
      ? html`<span>not in the store</span>`
      : html`<img src="${picture}" alt="${`${name}: ${prompt}`}">`
  }${picked ? html`<span class="star">★</span>` : undefined}</div>
<figcaption><b title="${name}"><bdi>${name}</bdi></b><span>${row}/${variant}${cost === undefined ? undefined : html` · ${cost}`}</span></figcaption>
<p class="prompt" title="${prompt}">${prompt}</p>
</figure>
`;
}

function failuresHtml(failures: SheetPage['failures']): Html {
  return html`<h2>Failed</h2><ul class="failures">${failures.map(
    ({ where, name, reason }) => html`<li>${where} <bdi>${name}</bdi>: ${reason}</li>`,
  )}</ul>`;
}

/** The commonest ratio of the pictures: all cells have it. */
function ratioOf(groups: readonly SheetGroup[]): string {
  const counts = new Map<string, number>();
  for (const { width, height } of groups.flatMap(({ cells }) => cells)) {
    const ratio = (width / height).toFixed(2);
    counts.set(ratio, (counts.get(ratio) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '1';
}
