import type { DefineCommand } from './command.ts';

interface CommandEntry extends Described {
  readonly name: string;
  readonly group: Group;
}

type Group = 'Generate' | 'Control' | 'Images' | 'Money' | 'Stages' | 'Tools';

interface Described {
  readonly args: readonly (readonly [argument: string, what: string])[];
  /** A sentence without its period. */
  readonly about: string;
  /** Loads only the requested command, so that `--help` and mistakes are fast. */
  readonly load: () => Promise<DefineCommand>;
}

const FILE = ['<file>', 'Prompts as CSV, Excel, JSONL, JSON, or text; - for stdin'] as const;

const BATCH = ['<batch>', 'Batch id, a unique part of it, or latest'] as const;

const LATEST_BATCH = ['[batch]', 'Batch id, a unique part of it, or latest [latest]'] as const;

const CDK_OPTIONS = ['[options...]', 'Options of the AWS CDK, after --'] as const;

/** In the order of `--help`. */
export const COMMANDS: readonly CommandEntry[] = [
  ...inGroup('Generate', {
    run: command(
      'Generate images from a prompt file; rerun to resume',
      async () => (await import('./commands/generate/run.ts')).defineRun,
      FILE,
    ),
    plan: command(
      'Show what a prompt file would generate and cost; free',
      async () => (await import('./commands/generate/plan.ts')).definePlan,
      FILE,
    ),
    promote: command(
      'Generate chosen images of a batch again, larger or with another model',
      async () => (await import('./commands/generate/promote.ts')).definePromote,
      BATCH,
    ),
    dev: command(
      'Run the local stage: watch folder, workers, schedules, dashboard',
      async () => (await import('./commands/generate/dev.ts')).defineDev,
    ),
  }),
  ...inGroup('Control', {
    status: command(
      'Show the progress of batches',
      async () => (await import('./commands/control/status.ts')).defineStatus,
      ['[batch]', 'Batch id, a unique part of it, or latest [list the newest]'],
    ),
    pause: command(
      'Stop starting new calls until you resume',
      async () => (await import('./commands/control/pause.ts')).definePause,
      ['[batch]', 'Batch id [the whole stage]'],
    ),
    resume: command(
      'Resume a paused batch or stage',
      async () => (await import('./commands/control/resume.ts')).defineResume,
      ['[batch]', 'Batch id [what pauses the whole stage]'],
    ),
    cancel: command(
      'Cancel the remaining images of a batch; keep finished ones',
      async () => (await import('./commands/control/cancel.ts')).defineCancel,
      BATCH,
    ),
    retry: command(
      'Queue failed images again',
      async () => (await import('./commands/control/retry.ts')).defineRetry,
      BATCH,
    ),
    replay: command(
      'Re-parse saved responses that had no usable image; free',
      async () => (await import('./commands/control/replay.ts')).defineReplay,
      BATCH,
    ),
  }),
  ...inGroup('Images', {
    dashboard: command(
      'Serve the web page over a stage: images, picks, costs',
      async () => (await import('./commands/tools/dashboard.ts')).defineDashboard,
    ),
    picks: command(
      'Show or change the picked images of a batch',
      async () => (await import('./commands/images/picks.ts')).definePicks,
      BATCH,
    ),
    download: command(
      'Download the images and manifest of a batch; rerun to resume',
      async () => (await import('./commands/images/download.ts')).defineDownload,
      LATEST_BATCH,
    ),
    open: command(
      'Open the folder of a batch',
      async () => (await import('./commands/images/open.ts')).defineOpen,
      LATEST_BATCH,
    ),
    'contact-sheet': command(
      'Write all images of a batch into one HTML file',
      async () => (await import('./commands/images/contact-sheet.ts')).defineContactSheet,
      LATEST_BATCH,
    ),
  }),
  ...inGroup('Money', {
    cost: command(
      'Show what was spent, by day, model, batch, tag, …',
      async () => (await import('./commands/money/cost.ts')).defineCost,
    ),
    budget: command(
      'Limit what is spent',
      async () => (await import('./commands/money/budget.ts')).defineBudget,
    ),
    reconcile: command(
      "Compare the ledger with the provider's statement",
      async () => (await import('./commands/money/reconcile.ts')).defineReconcile,
      ['<files...>', "The provider's statement, as CSV"],
    ),
    prices: command(
      'Show the prices behind every charge',
      async () => (await import('./commands/money/prices.ts')).definePrices,
    ),
  }),
  ...inGroup('Stages', {
    submit: command(
      "Upload a prompt file for a stage's workers",
      async () => (await import('./commands/stages/submit.ts')).defineSubmit,
      FILE,
    ),
    worker: command(
      "Process a stage's uploads and queue on this machine",
      async () => (await import('./commands/stages/worker.ts')).defineWorker,
    ),
    schedule: command(
      'Run batches at scheduled times',
      async () => (await import('./commands/stages/schedule.ts')).defineSchedule,
    ),
    deploy: command(
      'Deploy a stage to AWS with the AWS CDK',
      async () => (await import('./commands/stages/deploy.ts')).defineDeploy,
      CDK_OPTIONS,
    ),
    diff: command(
      'Show what a deployment would change',
      async () => (await import('./commands/stages/deploy.ts')).defineDiff,
      CDK_OPTIONS,
    ),
    destroy: command(
      'Remove a stage from AWS; keep images and, except for dev, the ledger',
      async () => (await import('./commands/stages/deploy.ts')).defineDestroy,
      CDK_OPTIONS,
    ),
    key: command(
      "Store a deployed stage's provider key",
      async () => (await import('./commands/stages/key.ts')).defineKey,
    ),
    prune: command(
      'Delete images and rows of finished batches; keep charges',
      async () => (await import('./commands/control/prune.ts')).definePrune,
      ['[batch]', 'Batch id [all that have finished]'],
    ),
    repair: command(
      "Rebuild a stage's table from its stored images; free",
      async () => (await import('./commands/control/repair.ts')).defineRepair,
    ),
  }),
  ...inGroup('Tools', {
    init: command(
      'Write a commented configuration and a first prompt file',
      async () => (await import('./commands/tools/init.ts')).defineInit,
      ['[folder]', 'Where to write [this folder]'],
    ),
    config: command(
      'Show settings and where each comes from',
      async () => (await import('./commands/tools/config.ts')).defineConfig,
    ),
    doctor: command(
      'Check Node, API key, provider URL, stage, and disk',
      async () => (await import('./commands/tools/doctor.ts')).defineDoctor,
    ),
    simulate: command(
      'Run the simulated provider alone, until Ctrl-C',
      async () => (await import('./commands/tools/simulate.ts')).defineSimulate,
    ),
  }),
];

function command(about: string, load: Described['load'], ...args: Described['args']): Described {
  return { args, about, load };
}

function inGroup(group: Group, commands: Readonly<Record<string, Described>>): CommandEntry[] {
  return Object.entries(commands).map(([name, described]) => ({ name, group, ...described }));
}
