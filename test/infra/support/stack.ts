import { App } from 'aws-cdk-lib';
import { PressrunStack } from '../../../infra/pressrun-stack.ts';
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

/** The template of a stage, without bundles. */
export function templateOf(stage: string, file: ConfigurationFile = {}): StackTemplate {
  return read(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), stage, file);
}

function read(app: App, stage: string, file: ConfigurationFile): StackTemplate {
  const stack = new PressrunStack(app, stage, file);
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
