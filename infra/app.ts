import { App } from 'aws-cdk-lib';
import { findConfiguration } from '../shared/runtime/find-configuration.ts';
import { PressrunStack } from './pressrun-stack.ts';

const DEFAULT_STAGE = 'dev';

/** The CDK app behind `pressrun deploy`: one stage, with the configuration file that is named or nearest. */
export function createApp(): { readonly app: App; readonly stack: PressrunStack } {
  const app = new App();
  const contextOf = (name: string): string | undefined => {
    const value: unknown = app.node.tryGetContext(name);
    return typeof value === 'string' ? value : undefined;
  };
  const file = findConfiguration(process.cwd(), contextOf('config'))?.configuration.file;
  return { app, stack: new PressrunStack(app, contextOf('stage') ?? DEFAULT_STAGE, file) };
}

if (import.meta.main) createApp();
