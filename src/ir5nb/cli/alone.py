"""One thread per process, set before anything else is imported: such a process can be forked.

Parallel work is done by processes. The first import of the command.
"""

import os
import sys

from ir5nb.render.kernels.parent import ONE_THREAD

for _name, _value in ONE_THREAD.items():
    os.environ.setdefault(_name, _value)
# rfc3987_syntax compiles a grammar for 1.6 s when jsonschema is imported, for a check nobody here uses.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
