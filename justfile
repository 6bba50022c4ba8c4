# burnbook. `just` lists the recipes; `bin/NAME --help` explains the script that a recipe runs.
# Recipes marked [script] write: their bodies run under the recipe lock (bin/_locked).

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
