import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { createPressrunStack } from '../../../infra/pressrun-stack.ts';
import { settingsOf } from '../../../infra/settings.ts';
import type { ConfigurationFile } from '../../../shared/domain/configuration/configuration-file.ts';

interface Resource {
  readonly Type: string;
  // The shape of a resource's properties is CloudFormation's; tests look at what they name.
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

export interface StackTemplate {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, { readonly Value: unknown }>>;
  ofType(type: string): (Resource & { readonly id: string })[];
}

export const EMAIL = 'people@example.com';

/** Stage `dev` with everything that is a setting. */
export const WHOLE: ConfigurationFile = {
  stages: { dev: { alarms: 'all', alarmKey: true, dashboard: true, tracing: true, keyStore: 'secret' } },
};

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: StackTemplate['parameters'];
  readonly Conditions?: StackTemplate['conditions'];
  readonly Outputs?: StackTemplate['outputs'];
}

/** In place of a bundle, where only the stack is looked at. */
export const withoutCode = () => Code.fromInline('export {}');

/** The template of a stage, without bundles. */
export function templateOf(stage: string, file: ConfigurationFile = {}): StackTemplate {
  const app = new App();
  const stack = createPressrunStack(app, settingsOf(stage, file), withoutCode);
  const template: Template = app.synth().getStackByName(stack.stackName).template;
  const resources = new Map(Object.entries(template.Resources));
  return {
    resources,
    parameters: template.Parameters ?? {},
    conditions: template.Conditions ?? {},
    outputs: template.Outputs ?? {},
    ofType: (type) =>
      [...resources].filter(([, { Type }]) => Type === type).map(([id, resource]) => ({ id, ...resource })),
  };
}

/** The resource that a `Ref` or `Fn::GetAtt` names, wherever it stands in a value. */
export function refersTo(value: unknown, id: string): boolean {
  return JSON.stringify(value ?? null).includes(`"${id}"`);
}
