import { cellText } from '../cell-values.ts';
import { quoted } from '../columns.ts';
import { type Rejection, type RowFields, rejected } from '../format.ts';
import type { TemplateOptions } from './axes.ts';
import { combinationAt, combinationCount, combinationNumbers, MOST_COMBINATIONS } from './combinations.ts';
import { parseTemplate, type TemplatePart } from './parse-template.ts';
import { alternativesIn } from './template.ts';

/** Most items of an expanding batch by default. */
export const DEFAULT_MAX_ITEMS = 10_000;

/** The source of a row's prompt: the batch's template or its own cell. */
export interface PromptSource {
  readonly parts: readonly TemplatePart[];
  readonly column: 'template' | 'prompt';
}

/** One prompt of a row: its cells with the axes' values, and the template's choices. */
export interface Combination {
  readonly fields: RowFields;
  /** Without the batch's variables. */
  readonly own: RowFields;
  readonly choices: readonly number[];
}

/** All that a row becomes, made one by one. */
interface RowExpansion {
  readonly kind: 'expansion';
  readonly source: PromptSource;
  readonly count: number;
  readonly combinations: Iterable<Combination>;
}

/** A literal prompt is no template, whatever it holds. */
interface ExpandOptions extends TemplateOptions {
  readonly literalPrompt?: true;
}

/** The combinations of axes and alternatives of a row; one if there are none. */
export function expandRow(fields: RowFields, options: ExpandOptions): RowExpansion | Rejection {
  const { axes = [], sample, seed = '' } = options.expansion ?? {};
  const taken = axes.find(({ name }) => cellText(fields, name) !== undefined);
  if (taken !== undefined) return rejected(axisClash([taken.name]), taken.name);
  const source = promptSource(fields, options);
  const sizes = [...axes.map(({ values }) => values.length), ...alternativesIn(source.parts)];
  const total = combinationCount(sizes);
  const count = Math.min(total, sample ?? total);
  const most = options.expansion?.maxItems ?? DEFAULT_MAX_ITEMS;
  if (count > most || total > MOST_COMBINATIONS) return rejected(tooMany(count, most), source.column);

  function* combinations(): Generator<Combination, undefined> {
    // Drawn by the row's content, so that a row that moves in its file stays the same.
    for (const number of combinationNumbers(total, sample, () => `${seed}\n${JSON.stringify(fields)}`)) {
      const choices = combinationAt(sizes, number);
      const values = axes.map(({ name, values }, nth) => [name, values[choices[nth] ?? 0] ?? '']);
      const own = values.length === 0 ? fields : { ...fields, ...Object.fromEntries(values) };
      const usable = options.variables === undefined ? own : { ...options.variables, ...own };
      yield { fields: usable, own, choices: choices.slice(axes.length) };
    }
  }
  return { kind: 'expansion', source, count, combinations: { [Symbol.iterator]: combinations } };
}

/** Whether rows of such a batch may expand. */
export function expands({ template = '', expansion }: TemplateOptions): boolean {
  return (
    expansion?.prompts === true ||
    expansion?.axes.some(({ values }) => values.length > 1) === true ||
    alternativesIn(parseTemplate(template, { alternatives: true })).length > 0
  );
}

export function axisClash(names: readonly string[]): string {
  return `${quoted(names)} is an axis and a column of the file: give the axis another name`;
}

export function tooMany(count: number, most: number): string {
  const made = count > MOST_COMBINATIONS ? 'more combinations than can be counted' : `${count} images`;
  return `the template makes ${made}, at most ${most} are made: draw some with pressrun-sample, or raise pressrun-max-items`;
}

function promptSource(
  { prompt = '' }: RowFields,
  { template, expansion, literalPrompt }: ExpandOptions,
): PromptSource {
  if (template !== undefined) {
    return { parts: parseTemplate(template, { alternatives: true }), column: 'template' };
  }
  const alternatives = expansion?.prompts === true;
  const isPlain = !prompt.includes(alternatives ? '{' : '{{') && !prompt.includes('\\');
  if (isPlain || (literalPrompt && !alternatives)) {
    return { parts: [{ kind: 'text', text: prompt }], column: 'prompt' };
  }
  return { parts: parseTemplate(prompt, { alternatives }), column: 'prompt' };
}
