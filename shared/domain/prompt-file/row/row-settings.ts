import { DEFAULT_PROMPT_PREFIX, findModel, type ModelCatalog } from '../../calls/models.ts';
import { IMAGE_SETTINGS, type ImageSettings, SETTING_NAMES } from '../../item/image-settings.ts';
import { cellText } from '../cell-values.ts';
import { SIZE_COLUMNS } from '../column-aliases.ts';
import type { Rejection, RowFields } from '../format.ts';
import { checkAgainstModel, parseSettings } from './settings.ts';
import { withSizes } from './size-cells.ts';

type RowSettings = { readonly kind: 'settings'; readonly settings: ImageSettings } | Rejection;

interface RowFacts {
  readonly isData: (column: string) => boolean;
  /** A conversation is sent without a prefix, unless one is asked for. */
  readonly isConversation: boolean;
}

const COLUMNS = SETTING_NAMES.map((name) => IMAGE_SETTINGS[name].column);
const MOST_KEPT = 100;

/** Reads rows' settings over their batch's, checked against the model; rows that say the same share one object. */
export function createSettingsReader(batch: ImageSettings, models: ModelCatalog) {
  const known = new Map<string, RowSettings>();
  return (fields: RowFields, { isData, isConversation }: RowFacts): RowSettings => {
    const isEdit = (fields.references ?? '').trim() !== '';
    let said = `${isEdit} ${isConversation}`;
    const say = (column: string) => {
      const cell = fields[column];
      if (cell !== undefined) said += `\n${column} ${JSON.stringify(cell)}`;
    };
    COLUMNS.forEach(say);
    for (const column of SIZE_COLUMNS) if (Object.hasOwn(fields, column) && !isData(column)) say(column);
    const before = known.get(said);
    if (before !== undefined) return before;
    const settings = readSettings(fields, { batch, models, isData, isConversation, isEdit });
    if (known.size >= MOST_KEPT) known.clear();
    known.set(said, settings);
    return settings;
  };
}

interface Reading extends RowFacts {
  readonly batch: ImageSettings;
  readonly models: ModelCatalog;
  readonly isEdit: boolean;
}

function readSettings(
  fields: RowFields,
  { batch, models, isData, isConversation, isEdit }: Reading,
): RowSettings {
  const profile = findModel(models, cellText(fields, 'model') ?? batch.model);
  const sized = withSizes(fields, { ratios: profile?.aspectRatios ?? ['1:1'], isData });
  if (sized.kind === 'rejected') return sized;
  const own = parseSettings(sized.fields);
  if (own.kind === 'rejected') return own;
  const { promptPrefix, ...named } = { ...batch, ...own.settings };
  const prefix = promptPrefix ?? (isEdit ? undefined : profile?.promptPrefix);
  const settings = {
    ...named,
    model: profile?.model ?? named.model,
    // The same request is the same content, however its prefix came about.
    ...(!isConversation &&
      prefix !== undefined &&
      (prefix !== DEFAULT_PROMPT_PREFIX || isEdit) && { promptPrefix: prefix }),
  };
  return checkAgainstModel(settings, models) ?? { kind: 'settings', settings };
}
