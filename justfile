# burnbook. `just` alone lists the recipes; `just --usage RECIPE` explains one.
# A recipe marked [script] writes: its body runs under the recipe lock (bin/_locked).

set minimum-version := '1.58.0'
set default-list
set lazy
set no-exit-message
set positional-arguments
set quiet
set script-interpreter := ['sh', '-c', '. "$BURNBOOK_ROOT/bin/_locked"']

import 'recipes/book.just'
import 'recipes/read.just'
import 'recipes/schedule.just'
import 'recipes/dev.just'

export BURNBOOK_ROOT := justfile_directory()

bin := quote(justfile_directory() / 'bin')
common := '
    --data-dir DIR        the book (default: data/live)
    --config-dir DIR      the declarations (default: config)
    --agent ID            who acts (default: AGENT_ID, or main)
    --at TIME             act as of this moment (ISO 8601)
    --format FORMAT       how to print the result: text, json or markdown'
