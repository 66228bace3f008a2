import { describe, expect, test } from 'vitest';
import { type StackTemplate, templateOf, WHOLE } from './support/stack.ts';

/** CloudFormation tells both at the start of a deployment at the earliest. */
describe.each([
  ['dev', templateOf('dev')],
  ['dev with all settings on', templateOf('dev', WHOLE)],
  ['prod', templateOf('prod')],
])('the template of %s', (_, template) => {
  test('refers to nothing that it does not have', () => {
    const missing = [...template.resources.keys()].flatMap((id) =>
      neededBy(template, id).filter(
        (other) =>
          !template.resources.has(other) && !(other in template.parameters) && !PARAMETERS.test(other),
      ),
    );

    expect(missing).toEqual([]);
  });

  test('has no circle of resources that wait for one another', () => {
    expect(circleIn(template)).toBeUndefined();
  });
});

test('a circle that is planted is found, and a reference to nothing', () => {
  const resource = (...ids: string[]) => ({
    Properties: { Names: ids.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })) },
  });
  const planted = { a: resource('b'), b: resource('c'), c: { Properties: {}, DependsOn: ['a', 'missing'] } };
  const template = {
    ...templateOf('dev'),
    resources: new Map(Object.entries(planted)),
  } as unknown as StackTemplate;

  expect(circleIn(template)).toEqual(['a', 'b', 'c', 'a']);
  expect(neededBy(template, 'c')).toEqual(['a', 'missing']);
});

/** AWS's own (`AWS::Region`) and the one that CDK's bootstrap is checked with. */
const PARAMETERS = /^(AWS::|BootstrapVersion$)/;

/** Ids that a resource refers to, by `Ref`, `Fn::GetAtt` or `DependsOn`. */
function neededBy(template: StackTemplate, id: string): string[] {
  const { Properties, DependsOn = [] } = template.resources.get(id) ?? { Properties: {} };
  return [...referencesIn(Properties), ...[DependsOn].flat()];
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === 'Ref') return [String(inner)];
    if (name === 'Fn::GetAtt') return [String([inner].flat()[0])];
    return referencesIn(inner);
  });
}

function circleIn(template: StackTemplate): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const other of neededBy(template, id)) {
      const circle = template.resources.has(other) ? visit(other, [...path, id]) : undefined;
      if (circle !== undefined) return circle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of template.resources.keys()) {
    const circle = visit(id, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
