"""A Jupyter kernel that is forked from the preloaded parent; papermill, nbval and JupyterLab find it by its name.

Source: jupyter_client, "Kernel provisioners". kernel.json in `spec/` names this class and what the parent imports.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, cast

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from ir5nb.render.kernels import child, parent
from ir5nb.render.kernels.forked import Forked, ForkError

_LAUNCHER = "ipykernel_launcher"


class ForkedKernel(LocalProvisioner):
    """Starts a kernel by a fork; where that is not safe, as a plain process, like every other kernel."""

    preload = List(Unicode(), help="Modules that the parent imports once.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel and give its connection.

        Parameters
        ----------
        cmd
            What a plain kernel would be started by: `python -m ipykernel_launcher -f …`.
        kwargs
            `cwd` and `env` of the kernel, as subprocess takes them.
        """
        try:
            forked = await asyncio.to_thread(self._fork, cmd, kwargs.get("cwd"), kwargs.get("env"))
        except ForkError as why:
            self.log.warning("A plain kernel is started: %s.", why)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("Any", forked)  # has what LocalProvisioner uses of subprocess.Popen
        self.pid = self.pgid = forked.pid
        return self.connection_info

    def _fork(self, cmd: list[str], folder: str | None, environment: dict[str, str] | None) -> Forked:
        """Ask the parent for a kernel; it takes as long as the imports the first time, a moment later."""
        words = cmd[cmd.index(_LAUNCHER) + 1 :] if _LAUNCHER in cmd else None
        if words is None:
            raise ForkError(f"the kernel's command is not {_LAUNCHER}")
        asked = parent.of(self.preload)
        try:
            return asked.fork(child.kernel, words, folder=folder or os.getcwd(), environment=environment)  # noqa: PTH109
        except ForkError:
            parent.forget(asked)
            raise
