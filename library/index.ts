/** The library: what the command line does, for programs. `import { createPressrun } from 'pressrun'`. */
export type { Downloaded } from '../cli/files/download.ts';
export { UsageError } from '../cli/usage-error.ts';
export type { SimulatorOptions } from '../local/simulator/options.ts';
export type { Item, ItemImage, ItemState } from '../shared/domain/item/item.ts';
export type { CostStatement } from '../shared/domain/money/cost-statement.ts';
export type { BatchResult, BatchStatus } from '../shared/pipeline/finish/batch-status.ts';
export type { Plan } from '../shared/pipeline/plan/plan.ts';
export { ConfigError } from '../shared/runtime/config-error.ts';
export type { BatchSettings } from './batch-settings.ts';
export {
  createPressrun,
  type Pressrun,
  type PressrunOptions,
  type RunSettings,
  type Submitted,
} from './pressrun.ts';
export type { PromptRow, Prompts } from './prompts.ts';
export type { CostQuestion, DownloadSettings } from './questions.ts';
export type { Run, RunEvent } from './run.ts';
export type { RunResult } from './run-result.ts';
