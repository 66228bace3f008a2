import { type App, Stack } from 'aws-cdk-lib';
import type { ConfigurationFile } from '../shared/domain/configuration/configuration-file.ts';
import { Pressrun } from './pressrun.ts';

/** The stack of one stage, as `pressrun deploy` makes it from `pressrun.config.json`. */
export class PressrunStack extends Stack {
  readonly pressrun: Pressrun;

  constructor(
    app: App,
    stage: string,
    { providers, models, prices, defaults, stages }: ConfigurationFile = {},
  ) {
    super(app, `pressrun-${stage}`, {
      description: `pressrun, stage ${stage}: files of prompts become images, and every credit is accounted for`,
    });
    // `Default` is no part of CloudFormation's names: they are as they were before there was a construct.
    this.pressrun = new Pressrun(this, 'Default', {
      ...stages?.[stage],
      stage,
      providers,
      models,
      prices,
      defaults,
    });
    this.terminationProtection = this.pressrun.keepsData;
  }
}
