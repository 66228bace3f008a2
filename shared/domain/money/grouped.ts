interface Node<Of> {
  below?: Map<string, Node<Of>>;
  value?: Of;
}

/** Values by keys of several texts (each key as many), created on demand. A map for each text: a million lookups build no joined key. */
export function grouped<Of>(create: () => Of) {
  const root: Node<Of> = {};
  return {
    at: (key: readonly string[]): Of => {
      const node = key.reduce(nodeBelow<Of>, root);
      node.value ??= create();
      return node.value;
    },
    /** In order of their keys. */
    entries: (): Generator<readonly [key: readonly string[], value: Of]> => entriesOf(root, []),
  };
}

function nodeBelow<Of>(node: Node<Of>, text: string): Node<Of> {
  node.below ??= new Map();
  const known = node.below.get(text);
  if (known !== undefined) return known;
  const made: Node<Of> = {};
  node.below.set(text, made);
  return made;
}

function* entriesOf<Of>(
  { value, below = new Map() }: Node<Of>,
  key: readonly string[],
): Generator<readonly [readonly string[], Of]> {
  if (value !== undefined) yield [key, value];
  for (const text of [...below.keys()].sort()) yield* entriesOf(below.get(text) ?? {}, [...key, text]);
}
