import type { DefineCommand } from './command.ts';

interface CommandEntry {
  readonly name: string;
  readonly group: 'Generate' | 'Control' | 'Images' | 'Money' | 'Stages' | 'Tools';
  readonly args: readonly (readonly [argument: string, what: string])[];
  /** A sentence without its period. */
  readonly about: string;
  /** Loads only the requested command, so that `--help` and mistakes are fast. */
  readonly load: () => Promise<DefineCommand>;
}

const FILE = ['<file>', 'Prompts as CSV, Excel, JSONL, JSON, or text; - for stdin'] as const;

const CDK_OPTIONS = ['[options...]', 'Options of the AWS CDK, after --'] as const;

/** In the order of `--help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    group: 'Generate',
    args: [FILE],
    about: 'Generate images from a prompt file; rerun to resume',
    load: async () => (await import('./commands/generate/run.ts')).defineRun,
  },
  {
    name: 'plan',
    group: 'Generate',
    args: [FILE],
    about: 'Show what a prompt file would generate and cost; free',
    load: async () => (await import('./commands/generate/plan.ts')).definePlan,
  },
  {
    name: 'promote',
    group: 'Generate',
    args: [['<batch>', 'Batch id, a unique part of it, or latest']],
    about: 'Generate chosen images of a batch again, larger or with another model',
    load: async () => (await import('./commands/generate/promote.ts')).definePromote,
  },
  {
    name: 'dev',
    group: 'Generate',
    args: [],
    about: 'Run the local stage: watch folder, workers, schedules, dashboard',
    load: async () => (await import('./commands/generate/dev.ts')).defineDev,
  },
  {
    name: 'status',
    group: 'Control',
    args: [['[batch]', 'Batch id, a unique part of it, or latest [list the newest]']],
    about: 'Show the progress of batches',
    load: async () => (await import('./commands/control/status.ts')).defineStatus,
  },
  {
    name: 'pause',
    group: 'Control',
    args: [['[batch]', 'Batch id [the whole stage]']],
    about: 'Stop starting new calls until you resume',
    load: async () => (await import('./commands/control/pause.ts')).definePause,
  },
  {
    name: 'resume',
    group: 'Control',
    args: [['[batch]', 'Batch id [what pauses the whole stage]']],
    about: 'Resume a paused batch or stage',
    load: async () => (await import('./commands/control/resume.ts')).defineResume,
  },
  {
    name: 'cancel',
    group: 'Control',
    args: [['<batch>', 'Batch id, a unique part of it, or latest']],
    about: 'Cancel the remaining images of a batch; keep finished ones',
    load: async () => (await import('./commands/control/cancel.ts')).defineCancel,
  },
  {
    name: 'retry',
    group: 'Control',
    args: [['<batch>', 'Batch id, a unique part of it, or latest']],
    about: 'Queue failed images again',
    load: async () => (await import('./commands/control/retry.ts')).defineRetry,
  },
  {
    name: 'replay',
    group: 'Control',
    args: [['<batch>', 'Batch id, a unique part of it, or latest']],
    about: 'Re-parse saved responses that had no usable image; free',
    load: async () => (await import('./commands/control/replay.ts')).defineReplay,
  },
  {
    name: 'dashboard',
    group: 'Images',
    args: [],
    about: 'Serve the web page over a stage: images, picks, costs',
    load: async () => (await import('./commands/tools/dashboard.ts')).defineDashboard,
  },
  {
    name: 'picks',
    group: 'Images',
    args: [['<batch>', 'Batch id, a unique part of it, or latest']],
    about: 'Show or change the picked images of a batch',
    load: async () => (await import('./commands/images/picks.ts')).definePicks,
  },
  {
    name: 'download',
    group: 'Images',
    args: [['[batch]', 'Batch id, a unique part of it, or latest [latest]']],
    about: 'Download the images and manifest of a batch; rerun to resume',
    load: async () => (await import('./commands/images/download.ts')).defineDownload,
  },
  {
    name: 'open',
    group: 'Images',
    args: [['[batch]', 'Batch id, a unique part of it, or latest [latest]']],
    about: 'Open the folder of a batch',
    load: async () => (await import('./commands/images/open.ts')).defineOpen,
  },
  {
    name: 'contact-sheet',
    group: 'Images',
    args: [['[batch]', 'Batch id, a unique part of it, or latest [latest]']],
    about: 'Write all images of a batch into one HTML file',
    load: async () => (await import('./commands/images/contact-sheet.ts')).defineContactSheet,
  },
  {
    name: 'cost',
    group: 'Money',
    args: [],
    about: 'Show what was spent, by day, model, batch, tag, …',
    load: async () => (await import('./commands/money/cost.ts')).defineCost,
  },
  {
    name: 'budget',
    group: 'Money',
    args: [],
    about: 'Limit what is spent',
    load: async () => (await import('./commands/money/budget.ts')).defineBudget,
  },
  {
    name: 'reconcile',
    group: 'Money',
    args: [['<files...>', "The provider's statement, as CSV"]],
    about: "Compare the ledger with the provider's statement",
    load: async () => (await import('./commands/money/reconcile.ts')).defineReconcile,
  },
  {
    name: 'prices',
    group: 'Money',
    args: [],
    about: 'Show the prices behind every charge',
    load: async () => (await import('./commands/money/prices.ts')).definePrices,
  },
  {
    name: 'submit',
    group: 'Stages',
    args: [FILE],
    about: "Upload a prompt file for a stage's workers",
    load: async () => (await import('./commands/stages/submit.ts')).defineSubmit,
  },
  {
    name: 'worker',
    group: 'Stages',
    args: [],
    about: "Process a stage's uploads and queue on this machine",
    load: async () => (await import('./commands/stages/worker.ts')).defineWorker,
  },
  {
    name: 'schedule',
    group: 'Stages',
    args: [],
    about: 'Run batches at scheduled times',
    load: async () => (await import('./commands/stages/schedule.ts')).defineSchedule,
  },
  {
    name: 'deploy',
    group: 'Stages',
    args: [CDK_OPTIONS],
    about: 'Deploy a stage to AWS with the AWS CDK',
    load: async () => (await import('./commands/stages/deploy.ts')).defineDeploy,
  },
  {
    name: 'diff',
    group: 'Stages',
    args: [CDK_OPTIONS],
    about: 'Show what a deployment would change',
    load: async () => (await import('./commands/stages/deploy.ts')).defineDiff,
  },
  {
    name: 'destroy',
    group: 'Stages',
    args: [CDK_OPTIONS],
    about: 'Remove a stage from AWS; keep images and, except for dev, the ledger',
    load: async () => (await import('./commands/stages/deploy.ts')).defineDestroy,
  },
  {
    name: 'key',
    group: 'Stages',
    args: [],
    about: "Store a deployed stage's provider key",
    load: async () => (await import('./commands/stages/key.ts')).defineKey,
  },
  {
    name: 'prune',
    group: 'Stages',
    args: [['[batch]', 'Batch id [all that have finished]']],
    about: 'Delete images and rows of finished batches; keep charges',
    load: async () => (await import('./commands/control/prune.ts')).definePrune,
  },
  {
    name: 'repair',
    group: 'Stages',
    args: [],
    about: "Rebuild a stage's table from its stored images; free",
    load: async () => (await import('./commands/control/repair.ts')).defineRepair,
  },
  {
    name: 'init',
    group: 'Tools',
    args: [['[folder]', 'Where to write [this folder]']],
    about: 'Write a commented configuration and a first prompt file',
    load: async () => (await import('./commands/tools/init.ts')).defineInit,
  },
  {
    name: 'config',
    group: 'Tools',
    args: [],
    about: 'Show settings and where each comes from',
    load: async () => (await import('./commands/tools/config.ts')).defineConfig,
  },
  {
    name: 'doctor',
    group: 'Tools',
    args: [],
    about: 'Check Node, API key, provider URL, stage, and disk',
    load: async () => (await import('./commands/tools/doctor.ts')).defineDoctor,
  },
  {
    name: 'simulate',
    group: 'Tools',
    args: [],
    about: 'Run the simulated provider alone, until Ctrl-C',
    load: async () => (await import('./commands/tools/simulate.ts')).defineSimulate,
  },
];
