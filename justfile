# burnbook. `just` lists the recipes; `bin/NAME --help` explains the script that a recipe runs.
# Recipes marked [script] write: their bodies run under the recipe lock (bin/_locked).

set minimum-version := '1.58.0'
set lazy
set no-exit-message
set positional-arguments
set quiet
set script-interpreter := ['sh', '-c', '. "$BURNBOOK_ROOT/bin/_locked"']

# The list has the order of these files.
import 'recipes/first-steps.just'
import 'recipes/every-day.just'
import 'recipes/windows.just'
import 'recipes/reports.just'
import 'recipes/money.just'
import 'recipes/insight.just'
import 'recipes/machines.just'
import 'recipes/share.just'
import 'recipes/set-up.just'
import 'recipes/dev.just'

export BURNBOOK_ROOT := justfile_directory()

bin := quote(justfile_directory() / 'bin')

# The groups in the order of the files; `--list` alone sorts them by name.
[default]
[no-cd]
[private]
list:
    {{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted
