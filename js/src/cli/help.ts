/** The help texts, one for each command. What is in them is what the command line takes; a test compares the two. */

const INSTANCE_OPTIONS = `  --input FILE|-       becomes _io.input; - is standard input
  --format FORMAT      of the input: json, ndjson or csv. By default the end of
                       the file's name says it (.json, .ndjson, .jsonl, .csv);
                       standard input is JSON
  --home DIR           loads _home from the folder DIR before, which is made if
                       it is not there, and saves it there at the end
  --state NAME         the state in that folder, by default "home"
  --timeout SECONDS    ends what takes longer
  --max-instructions N ends what takes more steps`;

const EXIT_CODES = `Exit codes: 0 well; 1 the Lua program failed; 2 a wrong command line, or a
file that cannot be read; 3 --max-instructions ended it; 4 the state cannot be
opened, read or written; 70 the instance ended by a trap; 124 --timeout ended
it; 130 Ctrl-C; 141 the reader of the output has gone.`;

export const HELP = {
  "": `usage: cu run FILE.lua [options] [--] [ARG...]
       cu repl [options]
       cu state list|show|export|import|clear --home DIR [options]
       cu --help | --version

Lua 5.4.7 in a WebAssembly module of 2 MiB, with its data outside.

  run     runs a program and prints what it returns
  repl    reads Lua, computes it and shows the results, line by line
  state   what is kept in a folder between runs

Each command has --help.

${EXIT_CODES}
`,
  run: `usage: cu run FILE.lua [options] [--] [ARG...]

Runs a program as one chunk. Its arguments are "..." and the table "arg". What
it returns is printed, one result a line: strings as they are, everything else
as Lua would spell it.

${INSTANCE_OPTIONS}
  --json               prints each result as one line of JSON; what the program
                       prints goes to standard error then. An integer beyond
                       2^53 is a string of digits, bytes are {"base64": "..."},
                       a table with keys that are no strings is a list of pairs

"require" finds .lua files in the folder that FILE.lua is in: a.b is a/b.lua.
The state is saved when the program has ended well, in one step. What comes
after -- belongs to the program.

${EXIT_CODES}
`,
  repl: `usage: cu repl [options]

Reads expressions and statements, computes them and shows the results. A line
that is not complete goes on in the next one; Tab completes names; the lines are
kept for the next time. Ctrl-C ends what is being computed, or clears the line;
Ctrl-D leaves. Without a terminal it computes what it reads, and ends at the
first error.

${INSTANCE_OPTIONS}
                       (both limits are of each input)

  :memory              the module's memory
  :home                what is in _home
  :help, :quit

The lines are kept in $CU_HISTORY, by default cu/history in $XDG_STATE_HOME or
~/.local/state. The state is saved when you leave.

${EXIT_CODES}
`,
  state: `usage: cu state list --home DIR
       cu state show --home DIR [--state NAME] [--json]
       cu state export FILE|- --home DIR [--state NAME]
       cu state import FILE|- --home DIR [--state NAME]
       cu state clear --home DIR [--state NAME]

What programs keep in the folder DIR. A state is code as well as data: import
only what you trust.

  list     the names of the states in the folder, one a line
  show     what is in _home
  export   writes a state as bytes, for another machine or a browser
  import   replaces a state by one that was exported, in one step
  clear    removes a state

  --home DIR           the folder
  --state NAME         the state, by default "home"
  --json               shows it as JSON (cu run --help says how)

${EXIT_CODES}
`,
} as const;
