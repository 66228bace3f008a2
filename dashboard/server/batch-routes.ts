import { parseBatchId } from '../../shared/domain/ids.ts';
import type { Item } from '../../shared/domain/item/item.ts';
import { readItem } from '../../shared/pipeline/batch/batch-items.ts';
import { readMarks, readMarksVersion, writeMarks } from '../../shared/pipeline/batch/marks.ts';
import { type RejectedLine, readRejected } from '../../shared/pipeline/rows/rejected-row.ts';
import { markChanges } from '../api/batch.ts';
import { control } from '../api/work.ts';
import { etagOf, indexOf } from '../data/batch-index.ts';
import { ACTIONS, controlBatch } from '../data/control.ts';
import { readItemDetail } from '../data/item-detail.ts';
import { notFound } from '../problem.ts';
import { type Api, batchOf, refOf, wholeNumber } from './api.ts';
import { readBody } from './read-body.ts';
import type { Route } from './routes.ts';
import { jsonRoute, sendJson } from './send.ts';

const PAGE = 50;
const MOST_REJECTED = 1_000;
const MOST_PROMPTS = 200;
const MOST_FIRST = 500;

const BATCHES = '/api/v1/batches';
const BATCH = `${BATCHES}/:batch`;

/** Everything below `/api/v1/batches`. */
export function batchRoutes(api: Api): Route[] {
  return [...summaryRoutes(api), ...itemRoutes(api), ...markRoutes(api), ...actionRoutes(api)];
}

function summaryRoutes({ host, summaries }: Api): Route[] {
  return [
    jsonRoute('GET', BATCHES, async ({ url }) => {
      const before = parseBatchId(url.searchParams.get('before') ?? '');
      const limit = Math.min(PAGE, wholeNumber(url.searchParams.get('limit') ?? undefined) ?? PAGE);
      return await summaries.page(before, limit);
    }),
    jsonRoute('GET', BATCH, async (call) => {
      const id = batchOf(call);
      const summary = await summaries.one(id);
      if (summary === undefined) throw notFound(`There is no batch ${id}.`);
      return summary;
    }),
    jsonRoute('GET', `${BATCH}/rejected`, async (call) => {
      const lines: RejectedLine[] = [];
      const batch = batchOf(call);
      for await (const line of readRejected(host.effects.table, batch, MOST_REJECTED)) lines.push(line);
      return { lines };
    }),
  ];
}

function itemRoutes({ host, snapshots }: Api): Route[] {
  return [
    {
      method: 'GET',
      path: `${BATCH}/index`,
      answer: async (call) => {
        const first = wholeNumber(call.url.searchParams.get('first') ?? undefined);
        const snapshot =
          first === undefined
            ? await snapshots.latest(batchOf(call))
            : await snapshots.first(batchOf(call), Math.min(first, MOST_FIRST));
        sendJson(call.request, call.response, indexOf(snapshot), etagOf(snapshot));
      },
    },
    jsonRoute('GET', `${BATCH}/prompts`, async (call) => {
      const { items } = await snapshots.latest(batchOf(call));
      const places = placesOf(call.url.searchParams.get('places'));
      const prompts = places.map((place) => [place, items[place]?.prompt.slice(0, 300) ?? '']);
      return { prompts: Object.fromEntries(prompts) };
    }),
    jsonRoute('GET', `${BATCH}/search`, async (call) => {
      const { items } = await snapshots.latest(batchOf(call));
      const words = (call.url.searchParams.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      return { places: items.flatMap((item, place) => (matches(item, words) ? [place] : [])) };
    }),
    jsonRoute('GET', `${BATCH}/items/:row/:variant`, async (call) => {
      const detail = await readItemDetail(host.effects, refOf(call));
      if (detail === undefined) throw notFound('There is no such image.');
      return detail;
    }),
    jsonRoute('GET', `${BATCH}/states`, async (call) => {
      const batch = batchOf(call);
      const refs = refsOf(call.url.searchParams.get('items'));
      const items = await Promise.all(refs.map((ref) => readItem(host.effects.table, { batch, ...ref })));
      return { states: items.map((item) => item?.state.kind ?? null) };
    }),
  ];
}

function markRoutes({ host: { effects, user } }: Api): Route[] {
  return [
    jsonRoute('GET', `${BATCH}/marks`, async (call) => {
      const id = batchOf(call);
      const version = await readMarksVersion(effects.table, id);
      return { version, marks: await readMarks(effects.table, id) };
    }),
    jsonRoute('PUT', `${BATCH}/marks`, async (call) => {
      const id = batchOf(call);
      const { set } = await readBody(call.request, markChanges);
      await writeMarks(effects, id, set, user);
      return { version: await readMarksVersion(effects.table, id) };
    }),
  ];
}

function actionRoutes({ host }: Api): Route[] {
  return ACTIONS.map((action) =>
    jsonRoute('POST', `${BATCH}/${action}`, async (call) => {
      const request = await readBody(call.request, control);
      return await controlBatch(host, batchOf(call), action, request);
    }),
  );
}

function placesOf(text: string | null): number[] {
  const places = (text ?? '').split(',').filter((part) => /^\d{1,7}$/.test(part));
  return places.slice(0, MOST_PROMPTS).map(Number);
}

function refsOf(text: string | null): { row: number; variant: number }[] {
  return (text ?? '')
    .split(',')
    .slice(0, 100)
    .flatMap((part) => {
      const [row, variant] = part.split('/').map(wholeNumber);
      return row === undefined || variant === undefined ? [] : [{ row, variant }];
    });
}

/** All words, anywhere in prompt, name, id, tags or own columns. */
function matches(item: Item, words: readonly string[]): boolean {
  const { prompt, fileName, id = '', tags, columns } = item;
  const texts = [prompt, fileName, id, ...Object.values(tags), ...Object.values(columns)];
  const text = texts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
