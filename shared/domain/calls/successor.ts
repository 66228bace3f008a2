import { findModel, type ModelCatalog, type ModelProfile } from './models.ts';

const FILE = 'pressrun.config.json (on a deployed stage: deploy it)';

/** What to do when a model is gone: the successor in the response, the id without `-preview`, or another configured model. */
export function successorHint(catalog: ModelCatalog, model: string, message: string): string {
  const profile = findModel(catalog, model);
  if (profile === undefined) return `name another model, or add ${model} to "models" in ${FILE}`;
  const successor = namedIn(message, profile) ?? withoutPreview(profile);
  if (successor !== undefined) {
    return `its successor is probably ${successor}: write ${line(profile, 'sendAs', successor)} in ${FILE}`;
  }
  const other = otherOf(catalog, profile);
  if (other === undefined)
    return `name its successor: write ${line(profile, 'sendAs', 'SUCCESSOR')} in ${FILE}`;
  return `use another model: write ${line(profile, 'redirectTo', other)} in ${FILE}`;
}

function line({ model }: ModelProfile, name: 'sendAs' | 'redirectTo', value: string): string {
  return `"models": { "${model}": { "${name}": "${value}" } }`;
}

/** Ids have a hyphen and a digit, maybe after the maker. */
const NAMED =
  /\b(?:use|try|to|by|with|is)\s+(?:the\s+)?(?:model\s+)?[`'"“]?(?:models\/)?([a-z][\w./:-]{2,80})/gi;

function namedIn(message: string, { sendAs, aliases }: ModelProfile): string | undefined {
  const ids = [...message.matchAll(NAMED)].map(([, id = '']) => id.replace(/[.:/-]+$/, ''));
  return ids.find(
    (id) => /-/.test(id) && /\d/.test(id) && id !== sendAs && !isOwnPreview(id, sendAs, aliases),
  );
}

function isOwnPreview(id: string, sendAs: string, aliases: readonly string[]): boolean {
  return id.endsWith('-preview') && (aliases.includes(id) || sendAs.endsWith(`/${id}`));
}

function withoutPreview({ sendAs }: ModelProfile): string | undefined {
  return sendAs.endsWith('-preview') ? sendAs.slice(0, -'-preview'.length) : undefined;
}

function otherOf(catalog: ModelCatalog, { model, provider }: ModelProfile): string | undefined {
  const others = [...catalog.values()].filter((each) => each.model !== model);
  return (others.find((each) => each.provider === provider) ?? others[0])?.model;
}
