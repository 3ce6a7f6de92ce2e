/** How the command line ends: its exit codes, and the error that carries one. */

/** 124, 130 and 141 are those of timeout(1) and of a shell for SIGINT and SIGPIPE. */
export const EXIT = {
  ok: 0,
  /** The Lua program failed. */
  failed: 1,
  /** A wrong command line, or a file that cannot be read or is not of its format. */
  usage: 2,
  /** `--max-instructions` ended the program. */
  instructions: 3,
  /** The state could not be opened, read or written. */
  state: 4,
  /** The instance ended by a trap. */
  trap: 70,
  timeout: 124,
  interrupted: 130,
  pipe: 141,
} as const;

/** What the user is told in one line, and the code to end with. */
export class CliError extends Error {
  constructor(message: string, readonly code: number) {
    super(message);
  }
}

export function usageError(message: string, command = ""): CliError {
  return new CliError(`${message}${message.endsWith("?") ? "" : "."} cu ${command === "" ? "" : `${command} `}--help says how`, EXIT.usage);
}
