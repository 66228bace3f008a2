import { describe, expect, test } from 'vitest';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { parsePicks, promotedLine } from '../../../shared/domain/batch/promotion.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { type Item, NO_HISTORY } from '../../../shared/domain/item/item.ts';
import { jsonContent } from '../../../shared/domain/prompt-file/json/json-content.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';
import { attemptIdFrom, BATCH, MODEL, specOf } from '../../support/specimens.ts';

const PRO = 'gemini-3-pro-image-preview';
const DRAFT: Item = {
  ...specOf(3, {
    prompt: 'a sign that says {{hello}}',
    fileName: 'sign',
    settings: { model: MODEL, aspectRatio: '16:9', imageSize: '512' },
    tags: { team: 'shop {{x}}' },
    columns: { city: 'Rome' },
    references: ['references/ab.png'],
  }),
  batch: BATCH,
  history: NO_HISTORY,
  creditsMicro: 1,
  creditsMaxUnknownMicro: 0,
  workMs: 0,
  state: {
    kind: 'done',
    attempt: attemptIdFrom('attempt-0001'),
    image: { key: 'images/x.png', sha256: '', bytes: 1, type: 'image/png', width: 1, height: 1, extras: [] },
  },
};

describe('a promoted image', () => {
  test('asks for the same with the settings that were given, word by word', () => {
    const line = promotedLine(DRAFT, { given: { model: PRO, imageSize: '4K' }, fromDraft: true });

    const content = jsonContent(line);
    if (content.kind === 'rejected') throw new Error(content.reason);
    const taken = createRowReader(DEFAULT_BATCH_OPTIONS, modelCatalog())({ row: 1, ...content });
    if (taken.kind === 'rejected') throw new Error(taken.reason);
    expect([...taken.items]).toEqual([
      {
        row: 1,
        variant: 1,
        fileName: 'sign',
        prompt: DRAFT.prompt,
        settings: { model: PRO, aspectRatio: '16:9', imageSize: '4K' },
        references: ['images/x.png', 'references/ab.png'],
        tags: DRAFT.tags,
        columns: { city: 'Rome', promoted_from: `${BATCH}#3/1` },
      },
    ]);
  });
});

test('a promoted conversation is asked for as it was, with the draft before its last message', () => {
  const talk: Item = {
    ...DRAFT,
    prompt: 'now in blue {{x}}',
    messages: [
      { role: 'user', content: ['a fox like', 0] },
      { role: 'assistant', content: ['Here:', 1] },
      { role: 'user', content: ['now in blue {{x}}'] },
    ],
    references: ['references/ab.png', 'references/cd.png'],
  };

  const content = jsonContent(promotedLine(talk, { given: {}, fromDraft: true }));
  if (content.kind === 'rejected') throw new Error(content.reason);
  const taken = createRowReader(DEFAULT_BATCH_OPTIONS, modelCatalog())({ row: 1, ...content });

  if (taken.kind === 'rejected') throw new Error(taken.reason);
  expect([...taken.items]).toMatchObject([
    {
      prompt: 'now in blue {{x}}',
      references: ['references/ab.png', 'references/cd.png', 'images/x.png'],
      messages: [
        { role: 'user', content: ['a fox like', 0] },
        { role: 'assistant', content: ['Here:', 1] },
        { role: 'user', content: [2, 'now in blue {{x}}'] },
      ],
    },
  ]);
});

test('rows, and variants of rows, are picked by number', () => {
  const picks = parsePicks('1, 3/1,12/2') ?? [];

  expect(picks).toEqual([{ row: 1 }, { row: 3, variant: 1 }, { row: 12, variant: 2 }]);
  expect(['', '1,', 'a', '0', '1/0', '1-3'].map(parsePicks)).toEqual(Array(6).fill(undefined));
});
