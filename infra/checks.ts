import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledged.ts';

/** Every synthesis is checked; a finding that is not acknowledged (acknowledged.ts) stops it. */
export function addChecks(app: App, stack: Stack): void {
  acknowledgeFindings(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
