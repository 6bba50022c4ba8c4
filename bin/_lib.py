"""Run a script in bin/ under the project's own Python and packages, however it was started.

`bin/NAME` comes here under .venv already (see `_python`); `python3 bin/NAME` is re-executed under
it. Kept to what Python 2.7 can read, so that an old Python goes the same way. A program outside
bin/, such as pytest, only gets lib/ on its path.
"""

import gc
import os
import sys

# Imports make no cycles: 8% of `usage`, whose modules make 100,000 objects.
gc.set_threshold(50000)

BIN = os.path.dirname(os.path.realpath(__file__))
ROOT = os.path.dirname(BIN)
LIB = os.path.join(ROOT, "lib")
PYTHON = os.path.join(ROOT, ".venv", "bin", "python")
PACKAGES = os.path.join(ROOT, ".venv/lib/python%d.%d/site-packages" % sys.version_info[:2])

script = os.path.realpath(sys.argv[0])
here = os.path.realpath(os.path.dirname(sys.executable or ""))
inside = here == os.path.realpath(os.path.dirname(PYTHON))
fault = ""
if os.path.dirname(script) != BIN:
    sys.path.insert(0, LIB)
elif inside and sys.flags.no_site and os.path.isdir(PACKAGES):
    # Remove bin/ from the path, so that no import finds a script.
    sys.path[:1] = []
    sys.path += [LIB, PACKAGES]
elif sys.flags.no_site and sys.flags.ignore_environment:
    # Already started by the right Python: another attempt would loop.
    fault = "the .venv in %s does not fit its Python; remove it and run ./just there"
elif not os.access(PYTHON, os.X_OK):
    fault = "no .venv in %s yet; run ./just there once to set it up"
else:
    os.execv(PYTHON, [PYTHON, "-ESs", "-X", "utf8", script] + sys.argv[1:])
if fault:
    sys.stderr.write("%s: %s\n" % (os.path.basename(script), fault % ROOT))
    sys.exit(78)
