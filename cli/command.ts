import type { Command as CommanderCommand } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { Output } from './text/output.ts';

export interface GlobalOptions {
  readonly stage?: string;
  readonly home?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly debug?: boolean;
}

export interface CommandContext {
  readonly out: Output;
  /** The command line without the program's name. */
  readonly argv: readonly string[];
  /** Aborted at the first Ctrl-C: finish what is in progress, start nothing new. */
  readonly interrupted: AbortSignal;
}

/** Adds arguments, options and action. `act` turns outcomes and errors into exit codes. */
export type DefineCommand = (command: CommanderCommand, act: Act) => void;

export type Act = <Args extends unknown[]>(
  run: (context: CommandContext, ...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;
