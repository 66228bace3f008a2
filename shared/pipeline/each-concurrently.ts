/** Runs `act` on each, so many at a time. Ends with the first error. */
export async function eachConcurrently<Each>(
  all: Iterable<Each>,
  atOnce: number,
  act: (each: Each) => Promise<unknown>,
): Promise<void> {
  const rest = Iterator.from(all);
  const takeOver = async () => {
    for (const each of rest) await act(each);
  };
  await Promise.all(Array.from({ length: atOnce }, takeOver));
}

export function* inGroups<Each>(all: Iterable<Each>, most: number): Iterable<Each[]> {
  let group: Each[] = [];
  for (const each of all) {
    if (group.push(each) < most) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
