import { App } from 'aws-cdk-lib';
import { addChecks } from './checks.ts';
import { createPressrunStack } from './pressrun-stack.ts';
import { settingsOf } from './settings.ts';

const DEFAULT_STAGE = 'dev';

const app = new App();
const stage: unknown = app.node.tryGetContext('stage');
createPressrunStack(app, settingsOf(typeof stage === 'string' ? stage : DEFAULT_STAGE));
addChecks(app);
