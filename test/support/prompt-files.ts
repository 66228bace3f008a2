import { gzipSync } from 'node:zlib';
import { dataUri, picture } from '../provider/fixtures/pictures.ts';

/** A prompt file as people have it, and what is right for it. */
interface Specimen {
  readonly name: string;
  readonly content: string | Buffer;
  readonly rows: number;
  readonly items: number;
  /** Reasons of the rows that are rejected, in their order. */
  readonly rejected: readonly RegExp[];
}

const ANIMALS = ['fox', 'heron', 'owl', 'hare', 'lynx', 'otter', 'badger', 'crane'];
const PLACES = ['on a jetty', 'in a birch wood', 'under a bridge', 'by a frozen lake', 'in tall grass'];
const LIGHTS = ['at dawn', 'in fog', 'under a full moon', 'in the last light', 'in falling snow', 'at noon'];
const RATIOS = ['1:1', '16:9', '4:5', '9:16'];
const ROWS = 240;

function scene(n: number): string {
  return `A ${ANIMALS[n % 8]} ${PLACES[n % 5]} ${LIGHTS[n % 6]}`;
}

function rowsOf<Row>(row: (n: number) => Row): Row[] {
  return Array.from({ length: ROWS }, (_, n) => row(n));
}

function lines(rows: readonly unknown[]): string {
  return rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join('');
}

/** As written for OpenAI's batch endpoint, OpenRouter and LiteLLM, with images to be made as well as edited. */
async function openAiBatch(): Promise<Specimen> {
  const image = { type: 'image_url', image_url: { url: dataUri(await picture('png')) } };
  const chat = (n: number, body: object) => ({
    custom_id: `shot-${n}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gemini-3.1-flash-image-preview', ...body },
  });
  const text = (n: number) => [{ role: 'user', content: scene(n) }];
  const kinds: ((n: number) => object)[] = [
    (n) => chat(n, { messages: [{ role: 'system', content: 'Watercolour, loose.' }, ...text(n)] }),
    (n) =>
      chat(n, {
        messages: text(n),
        modalities: ['image', 'text'],
        image_config: { aspect_ratio: RATIOS[n % 4] },
      }),
    (n) =>
      chat(n, { messages: text(n), extra_body: { google: { image_config: { image_size: '2K' } } }, n: 2 }),
    (n) =>
      chat(n, {
        messages: [
          ...text(n),
          { role: 'assistant', content: 'Done.' },
          { role: 'user', content: 'Now at night.' },
        ],
      }),
    (n) =>
      chat(n, {
        messages: [{ role: 'user', content: [image, { type: 'text', text: `${scene(n)}, in this style` }] }],
      }),
    (n) => ({
      custom_id: `shot-${n}`,
      url: '/v1/images/generations',
      body: { prompt: scene(n), n: 1, response_format: 'b64_json' },
    }),
    (n) => chat(n, { messages: text(n), seed: n }),
    (n) => chat(n, { messages: text(n), modalities: ['text'] }),
  ];
  const rows = rowsOf((n) => (kinds[n % 8] ?? chat)(n, {}));
  const rejected = rowsOf((n) => [/body\.seed/, /ask for no image/][(n % 8) - 6] ?? []).flat();
  return { name: 'openai-batch.jsonl', content: lines(rows), rows: ROWS, items: 210, rejected };
}

/** As written for Google's batch mode: by hand (camelCase), and by its Python library (snake_case). */
async function geminiBatch(): Promise<Specimen> {
  const data = (await picture('jpeg')).toString('base64');
  const request = (n: number, more: object) => ({
    contents: [{ role: 'user', parts: [{ text: scene(n) }] }],
    ...more,
  });
  const kinds: ((n: number) => object)[] = [
    (n) =>
      request(n, {
        generationConfig: {
          responseModalities: ['TEXT', 'IMAGE'],
          imageConfig: { aspectRatio: RATIOS[n % 4] },
        },
      }),
    (n) =>
      request(n, {
        system_instruction: { parts: [{ text: 'Woodcut.' }] },
        generation_config: { temperature: 0.7 },
      }),
    (n) => ({
      contents: [{ parts: [{ inline_data: { mime_type: 'image/jpeg', data } }, { text: scene(n) }] }],
    }),
    (n) => request(n, { generationConfig: { topK: 40 } }),
  ];
  const rows = rowsOf((n) => ({ key: `shot-${n}`, request: (kinds[n % 4] ?? request)(n, {}) }));
  const rejected = rowsOf((n) => (n % 4 === 3 ? [/generationConfig\.topK/] : [])).flat();
  return { name: 'gemini-batch.jsonl', content: lines(rows), rows: ROWS, items: 180, rejected };
}

/** As pandas' and other programs' exports: numbers, NaN, nested values, in UTF-16. */
function ownLines(): Specimen {
  const rows = rowsOf((n) => {
    const product = JSON.stringify({ title: `lamp ${n}`, colors: ['red', 'brass'], dims: { mm: n } });
    return `{"id":${9_007_199_254_740_993n + BigInt(n)},"prompt":"A {{product.title}} in {{product.colors.1}}","score":NaN,"temperature":0.50,"product":${product}}`;
  });
  const content = Buffer.from(`\ufeff${lines(rows)}`, 'utf16le');
  return { name: 'products.jsonl', content, rows: ROWS, items: ROWS, rejected: [] };
}

function jsonArray(): Specimen {
  const rows = rowsOf((n) =>
    n % 3 === 0 ? scene(n) : { prompt: scene(n), aspect_ratio: RATIOS[n % 4], constructor: `Ünit ${n}` },
  );
  return {
    name: 'scenes.json',
    content: `${JSON.stringify(rows, null, 2)}\n`,
    rows: ROWS,
    items: ROWS,
    rejected: [],
  };
}

function promptList(): Specimen {
  const prompts = rowsOf(
    (n) => `${n % 60 === 0 ? '# chapter\r\n\r\n' : ''}${scene(n)}, ${'very '.repeat(n % 4)}quiet\r\n`,
  );
  return { name: 'scenes.txt', content: prompts.join(''), rows: ROWS, items: ROWS, rejected: [] };
}

/** As a German Excel saves it: a `sep=` line, semicolons, a mark, broken lines in cells, an error, an empty column and row. */
function spreadsheet(): Specimen {
  const isError = (n: number) => n % 80 === 79;
  const rows = rowsOf((n) =>
    isError(n)
      ? `${n};#REF!;1:1;;`
      : `${n};"${scene(n)}, ""take ${n}""";${RATIOS[n % 4]};"a note\nof two lines";`,
  );
  const content = ['\ufeffsep=;', 'ID;Prompt;AspectRatio;Notes;', ...rows, ';;;;', ''].join('\r\n');
  const rejected = rowsOf((n) => (isError(n) ? [/#REF!/] : [])).flat();
  return { name: 'shots.csv', content, rows: ROWS, items: ROWS - rejected.length, rejected };
}

/** One file of each format; the workbook and what it is made by stand in `test/fixtures/prompt-files`. */
export async function specimens(workbook: Buffer): Promise<Specimen[]> {
  const list = promptList();
  return [
    await openAiBatch(),
    await geminiBatch(),
    ownLines(),
    jsonArray(),
    list,
    spreadsheet(),
    { ...list, name: 'scenes.txt.gz', content: gzipSync(list.content) },
    {
      name: 'catalogue.xlsx',
      content: workbook,
      rows: ROWS,
      items: ROWS - 2,
      rejected: [/the formula has no value yet/, /the cell shows the error "#REF!"/],
    },
  ];
}
