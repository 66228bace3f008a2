import { findModel, type ModelCatalog } from '../calls/models.ts';
import { canonicalName } from '../canonical-name.ts';

/** The provider's name of a model: of ours, its aliases, or a text that contains one, such as a SKU. Others stay. */
export function wireNames(models: ModelCatalog): (text: string) => string {
  const names = [...models.values()].flatMap(({ model, sendAs, aliases }) =>
    [model, sendAs, ...aliases].map((name) => ({ sendAs, part: `_${canonicalName(name)}_` })),
  );
  const longestFirst = names.sort((a, b) => b.part.length - a.part.length);
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const whole = `_${canonicalName(text)}_`;
    const name =
      findModel(models, text)?.sendAs ??
      longestFirst.find(({ part }) => whole.includes(part))?.sendAs ??
      text;
    known.set(text, name);
    return name;
  };
}
