import { createApp } from './app.ts';
import { addChecks } from './checks.ts';

// As app.ts, and checked by cdk-nag, which an installed package does not have.
const { app, stack } = createApp();
addChecks(app, stack.pressrun);
