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
import 'recipes/dev.just'

export BURNBOOK_ROOT := justfile_directory()

bin := quote(justfile_directory() / 'bin')
