/** Makes a value when it is asked for first, and keeps it: so that a cold start loads no code for it. */
export function late<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
