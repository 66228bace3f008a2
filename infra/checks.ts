import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledged.ts';
import type { Pressrun } from './pressrun.ts';

/** Every synthesis is checked; a finding that is not acknowledged (acknowledged.ts) stops it. */
export function addChecks(app: App, pressrun: Pressrun): void {
  acknowledgeFindings(pressrun);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
