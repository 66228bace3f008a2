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
type Expander = (fields: RowFields, literalPrompt: boolean) => RowExpansion | Rejection;

/** Finds the combinations of axes and alternatives of a row; one if there are none. */
export function createExpander(options: TemplateOptions): Expander {
  const { axes = [], sample, seed = '', maxItems: most = DEFAULT_MAX_ITEMS } = options.expansion ?? {};
  const template = templateSource(options);

  return (fields, literalPrompt) => {
    const taken = axes.find(({ name }) => cellText(fields, name) !== undefined);
    if (taken !== undefined) return rejected(axisClash([taken.name]), taken.name);
    const source = template ?? promptSource(fields, options, literalPrompt);
    const sizes = [...axes.map(({ values }) => values.length), ...alternativesIn(source.parts)];
    if (sizes.length === 0) {
      const only = { fields: withVariables(fields, options), own: fields, choices: [] };
      return { kind: 'expansion', source, count: 1, combinations: [only] };
    }
    const total = combinationCount(sizes);
    const count = Math.min(total, sample ?? total);
    if (count > most || total > MOST_COMBINATIONS) return rejected(tooMany(count, most), source.column);

    function* combinations(): Generator<Combination, undefined> {
      // Drawn by the row's content, so that a row that moves in its file stays the same.
      for (const number of combinationNumbers(total, sample, () => `${seed}\n${JSON.stringify(fields)}`)) {
        const choices = combinationAt(sizes, number);
        const values = axes.map(({ name, values }, nth) => [name, values[choices[nth] ?? 0] ?? '']);
        const own = { ...fields, ...Object.fromEntries(values) };
        yield { fields: withVariables(own, options), own, choices: choices.slice(axes.length) };
      }
    }
    return { kind: 'expansion', source, count, combinations: { [Symbol.iterator]: combinations } };
  };
}

function withVariables(own: RowFields, { variables }: TemplateOptions): RowFields {
  return variables === undefined ? own : { ...variables, ...own };
}

/** Whether rows of such a batch may expand. */
export function expands(options: TemplateOptions): boolean {
  const { expansion } = options;
  return (
    expansion?.prompts === true ||
    expansion?.axes.some(({ values }) => values.length > 1) === true ||
    alternativesIn(templateSource(options)?.parts ?? []).length > 0
  );
}

export function axisClash(names: readonly string[]): string {
  return `${quoted(names)} is an axis and a column of the file: give the axis another name`;
}

export function tooMany(count: number, most: number): string {
  const made = count > MOST_COMBINATIONS ? 'more combinations than can be counted' : `${count} images`;
  return `the template makes ${made}, at most ${most} are made: draw some with pressrun-sample, or raise pressrun-max-items`;
}

function templateSource({ template }: TemplateOptions): PromptSource | undefined {
  if (template === undefined) return undefined;
  return { parts: parseTemplate(template, { alternatives: true }), column: 'template' };
}

function promptSource(
  { prompt = '' }: RowFields,
  { expansion }: TemplateOptions,
  literalPrompt: boolean,
): PromptSource {
  const alternatives = expansion?.prompts === true;
  const isPlain = !prompt.includes(alternatives ? '{' : '{{') && !prompt.includes('\\');
  if (isPlain || (literalPrompt && !alternatives)) {
    return { parts: [{ kind: 'text', text: prompt }], column: 'prompt' };
  }
  return { parts: parseTemplate(prompt, { alternatives }), column: 'prompt' };
}
