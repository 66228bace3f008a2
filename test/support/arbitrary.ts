import fc from './property.ts';

type OptionalName<Type> = {
  [Name in keyof Type]-?: object extends Pick<Type, Name> ? Name : never;
}[keyof Type];
type Values<Type, Name extends keyof Type> = { readonly [Each in Name]-?: fc.Arbitrary<Type[Each]> };

/** Values of a type with each of its optional fields there or not; a field that is forgotten here does not compile. */
export function recordOf<Type extends object>(
  required: Values<Type, Exclude<keyof Type, OptionalName<Type>>>,
  ...[optional]: OptionalName<Type> extends never ? [] : [Values<Type, OptionalName<Type>>]
): fc.Arbitrary<Type> {
  const requiredKeys = Object.keys(required);
  const model: Record<string, fc.Arbitrary<unknown>> = { ...required, ...optional };
  return fc.record(model, { requiredKeys }).map((value) => ({ ...value }) as Type);
}
