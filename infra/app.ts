import { App } from 'aws-cdk-lib';
import { findConfiguration } from '../shared/runtime/find-configuration.ts';
import { withBundles } from './bundling/with-bundles.ts';
import { addChecks } from './checks.ts';
import { createPressrunStack } from './pressrun-stack.ts';
import { settingsOf } from './settings.ts';

const DEFAULT_STAGE = 'dev';

const app = new App();
const asked: unknown = app.node.tryGetContext('stage');
const file = findConfiguration(process.cwd())?.configuration.file;
const stage = typeof asked === 'string' ? asked : DEFAULT_STAGE;
const settings = settingsOf(stage, file);
const stack = await withBundles(settings, (code) => createPressrunStack(app, settings, code));
addChecks(app, stack);
