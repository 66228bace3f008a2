import { App } from 'aws-cdk-lib';
import { findConfiguration } from '../shared/runtime/find-configuration.ts';
import { addChecks } from './checks.ts';
import { createPressrunStack } from './pressrun-stack.ts';
import { stageSettings } from './settings.ts';

const DEFAULT_STAGE = 'dev';

const app = new App();
const asked: unknown = app.node.tryGetContext('stage');
const file = findConfiguration(process.cwd())?.configuration.file;
const stage = typeof asked === 'string' ? asked : DEFAULT_STAGE;
const stack = createPressrunStack(app, stageSettings(stage, file));
addChecks(app, stack);
