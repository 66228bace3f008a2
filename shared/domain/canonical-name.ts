/** Lower case, words joined by `_`, no invisible characters: `imageSafety`, `IMAGE-SAFETY`, `Image safety` → `image_safety`. */
export function canonicalName(text: string): string {
  if (CANONICAL.test(text)) return text;
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}+/gu, '')
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '');
}

/** Without invisible characters such as direction marks; keeps joiners, which emoji need. */
export function withoutInvisible(text: string): string {
  return text.replaceAll(/(?![\u200c\u200d])\p{Cf}/gu, '');
}

const CANONICAL = /^[a-z\d]+(?:_[a-z\d]+)*$/;

/**
 * The last part of an enumeration's name: of `FinishReason.IMAGE_SAFETY`, `<FinishReason.IMAGE_SAFETY: 11>`,
 * `google::rpc::Code::NOT_FOUND`, `FINISH_REASON_SAFETY`. `types`: enumerations that may precede it, in canonical form.
 */
export function canonicalMember(text: string, types: readonly string[] = []): string {
  const bare = text.trim().replace(/^<([^<>:]{1,100}):\s*[^<>]{0,100}>$/, '$1');
  const last = bare.split(/::|[./#](?=[A-Za-z])/).at(-1) ?? '';
  const name = canonicalName(last);
  const type = types.find((each) => name.startsWith(`${each}_`));
  return type === undefined ? name : name.slice(type.length + 1);
}

/** Names of one kind, known in any case and with any separator. */
export interface Vocabulary {
  has(name: string): boolean;
}

export function vocabulary(names: string | readonly string[]): Vocabulary {
  const known = new Set((typeof names === 'string' ? nameList(names) : names).map(separatorlessName));
  return { has: (name) => known.has(separatorlessName(name)) };
}

/** The names in a text, separated by commas. */
export function nameList(names: string): string[] {
  return names.trim().split(/,\s*/);
}

/** Without case and separators: `ImageSafety`, `image_safety` → `imagesafety`. */
export function separatorlessName(name: string): string {
  return canonicalName(name).replaceAll('_', '');
}
