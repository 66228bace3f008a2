import type { DefineCommand } from './command.ts';

interface CommandEntry {
  readonly name: string;
  readonly args: readonly (readonly [argument: string, what: string])[];
  readonly about: string;
  /** Only the command that is asked for is loaded: `--help` and mistakes answer at once. */
  readonly load: () => Promise<DefineCommand>;
}

const FILE = ['<file>', 'CSV, TSV or JSONL, with a prompt column'] as const;

const CDK_OPTIONS = ['[options...]', 'options of the AWS CDK, after --'] as const;

/** The commands, in the order in which `--help` lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'run',
    args: [FILE],
    about: 'make the images of a file of prompts, and follow it to the end; run it again to resume',
    load: async () => (await import('./commands/generate/run.ts')).defineRun,
  },
  {
    name: 'plan',
    args: [FILE],
    about: 'what `run` would make and what it would cost; nothing is spent',
    load: async () => (await import('./commands/generate/plan.ts')).definePlan,
  },
  {
    name: 'promote',
    args: [['<batch>', 'id of an earlier batch']],
    about: 'make chosen images of a batch again, larger or with another model',
    load: async () => (await import('./commands/generate/promote.ts')).definePromote,
  },
  {
    name: 'submit',
    args: [FILE],
    about: 'upload a file of prompts; the workers of the stage make its images',
    load: async () => (await import('./commands/stages/submit.ts')).defineSubmit,
  },
  {
    name: 'status',
    args: [['[batch]', 'id of a batch (default: a list of the newest)']],
    about: 'how far batches are: the newest ones, or one',
    load: async () => (await import('./commands/control/status.ts')).defineStatus,
  },
  {
    name: 'pause',
    args: [['[batch]', 'id of a batch (default: everything)']],
    about: 'begin no call any more, until `resume`',
    load: async () => (await import('./commands/control/pause.ts')).definePause,
  },
  {
    name: 'resume',
    args: [['[batch]', 'id of a batch (default: what stops all batches)']],
    about: 'go on after a pause, where it was',
    load: async () => (await import('./commands/control/resume.ts')).defineResume,
  },
  {
    name: 'cancel',
    args: [['<batch>', 'id of a batch']],
    about: 'make no more of a batch; what is made stays',
    load: async () => (await import('./commands/control/cancel.ts')).defineCancel,
  },
  {
    name: 'retry',
    args: [['<batch>', 'id of a batch']],
    about: 'make failed items again',
    load: async () => (await import('./commands/control/retry.ts')).defineRetry,
  },
  {
    name: 'replay',
    args: [['<batch>', 'id of a batch']],
    about: 'read paid answers again that could not be used; costs nothing',
    load: async () => (await import('./commands/control/replay.ts')).defineReplay,
  },
  {
    name: 'worker',
    args: [],
    about: "take in uploads and work off a stage's queue, from this machine",
    load: async () => (await import('./commands/stages/worker.ts')).defineWorker,
  },
  {
    name: 'schedule',
    args: [],
    about: 'batches that come again: `schedule add`, list, show, next, pause, resume, run, remove',
    load: async () => (await import('./commands/stages/schedule.ts')).defineSchedule,
  },
  {
    name: 'dev',
    args: [],
    about: 'the local stage as a server: a drop folder, workers, schedules, until Ctrl-C',
    load: async () => (await import('./commands/generate/dev.ts')).defineDev,
  },
  {
    name: 'picks',
    args: [['<batch>', 'id of a batch, what is unique of it, or latest']],
    about: 'Show or change the picked images of a batch',
    load: async () => (await import('./commands/images/picks.ts')).definePicks,
  },
  {
    name: 'download',
    args: [['[batch]', 'id of a batch, what is unique of it, or latest [latest]']],
    about: 'Download the images and manifest of a batch; rerun to resume',
    load: async () => (await import('./commands/images/download.ts')).defineDownload,
  },
  {
    name: 'open',
    args: [['[batch]', 'id of a batch, what is unique of it, or latest [latest]']],
    about: 'Open the folder of a batch',
    load: async () => (await import('./commands/images/open.ts')).defineOpen,
  },
  {
    name: 'contact-sheet',
    args: [['[batch]', 'id of a batch, what is unique of it, or latest [latest]']],
    about: 'Write all images of a batch into one HTML file',
    load: async () => (await import('./commands/images/contact-sheet.ts')).defineContactSheet,
  },
  {
    name: 'dashboard',
    args: [],
    about: 'Serve the web page over a stage: images, picks, costs',
    load: async () => (await import('./commands/tools/dashboard.ts')).defineDashboard,
  },
  {
    name: 'cost',
    args: [],
    about: 'what was spent, by day, model, batch, tag…; `cost verify` adds it up again',
    load: async () => (await import('./commands/money/cost.ts')).defineCost,
  },
  {
    name: 'reconcile',
    args: [['<file>', "the provider's statement, as CSV"]],
    about: "compare the ledger with the provider's statement",
    load: async () => (await import('./commands/money/reconcile.ts')).defineReconcile,
  },
  {
    name: 'budget',
    args: [],
    about: 'limits that hold: `budget set SCOPE CREDITS`, `budget list`',
    load: async () => (await import('./commands/money/budget.ts')).defineBudget,
  },
  {
    name: 'prices',
    args: [],
    about: 'the prices that charges are computed with',
    load: async () => (await import('./commands/money/prices.ts')).definePrices,
  },
  {
    name: 'config',
    args: [],
    about: 'settings: `config show` prints each one and where it comes from',
    load: async () => (await import('./commands/tools/config.ts')).defineConfig,
  },
  {
    name: 'init',
    args: [['[folder]', 'where to write (default: this folder)']],
    about: 'write a commented configuration and a first prompt file',
    load: async () => (await import('./commands/tools/init.ts')).defineInit,
  },
  {
    name: 'deploy',
    args: [CDK_OPTIONS],
    about: 'Deploy a stage to AWS with the AWS CDK',
    load: async () => (await import('./commands/stages/deploy.ts')).defineDeploy,
  },
  {
    name: 'diff',
    args: [CDK_OPTIONS],
    about: 'Show what a deployment would change',
    load: async () => (await import('./commands/stages/deploy.ts')).defineDiff,
  },
  {
    name: 'destroy',
    args: [CDK_OPTIONS],
    about: 'Remove a stage from AWS; images and, but for dev, the ledger are kept',
    load: async () => (await import('./commands/stages/deploy.ts')).defineDestroy,
  },
  {
    name: 'key',
    args: [],
    about: "`key set` gives a deployed stage the provider's key, unseen",
    load: async () => (await import('./commands/stages/key.ts')).defineKey,
  },
  {
    name: 'prune',
    args: [['[batch]', 'id of a batch (default: all that have finished)']],
    about: 'delete the images and rows of finished batches; charges stay',
    load: async () => (await import('./commands/control/prune.ts')).definePrune,
  },
  {
    name: 'repair',
    args: [],
    about: "Rebuild a stage's table from its stored images and their charges; free",
    load: async () => (await import('./commands/control/repair.ts')).defineRepair,
  },
  {
    name: 'doctor',
    args: [],
    about: 'check the set-up: Node, key, provider address, stage, disk; nothing is paid',
    load: async () => (await import('./commands/tools/doctor.ts')).defineDoctor,
  },
  {
    name: 'simulate',
    args: [],
    about: 'run the simulated provider alone, until Ctrl-C',
    load: async () => (await import('./commands/tools/simulate.ts')).defineSimulate,
  },
];
