import type { Command as CommanderCommand } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import type { Output } from './text/output.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly stage?: string;
  readonly home?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly debug?: boolean;
}

/** What a command is given besides its arguments. */
export interface CommandContext {
  readonly out: Output;
  /** The command line as it was typed, without the program's name. */
  readonly argv: readonly string[];
  /** Aborted at the first Ctrl-C: finish what is in progress, begin nothing new. */
  readonly interrupted: AbortSignal;
}

/** Gives a command its arguments, options and action. `act` wraps actions, so that one place turns outcomes and errors into exit codes. */
export type DefineCommand = (command: CommanderCommand, act: Act) => void;

export type Act = <Args extends unknown[]>(
  run: (context: CommandContext, ...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;
