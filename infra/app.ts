import { App } from 'aws-cdk-lib';
import { addChecks } from './checks.ts';
import { createPressrunStack } from './pressrun-stack.ts';
import { settingsOf } from './settings.ts';

const DEFAULT_STAGE = 'dev';

const app = new App();
const asked: unknown = app.node.tryGetContext('stage');
const stack = createPressrunStack(app, settingsOf(typeof asked === 'string' ? asked : DEFAULT_STAGE));
addChecks(app, stack);
