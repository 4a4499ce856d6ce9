"""Talk to the kernels through files instead of ports.

A kernel is told a port that was free a moment ago. Where pages run side by
side, and other builds beside them, somebody else may have taken it since: the
page then fails with "Address already in use". A socket that is a file in a new
folder has no such rival. Windows has no such sockets, so there it stays as it is.
"""

import os
import shutil
import tempfile
from pathlib import Path

import jupyter_client
from sphinx.application import Sphinx
from sphinx.config import Config
from traitlets import CaselessStrEnum, default


class KernelManager(jupyter_client.AsyncKernelManager):  # type: ignore[misc]
    """A manager whose kernels listen at files of their own."""

    transport = CaselessStrEnum(["tcp", "ipc"], default_value="ipc")

    @default("ip")  # type: ignore[untyped-decorator]
    def _ip_default(self) -> str:
        # Not in TMPDIR, whose name may be too long: such an address has at most about 100 letters.
        return str(Path(tempfile.mkdtemp(prefix="kernel-", dir="/tmp"), "socket"))

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        """Take the folder away with the kernel."""
        await super()._async_cleanup_resources(restart)
        if not restart:
            shutil.rmtree(Path(self.ip).parent, ignore_errors=True)


def use_files(_app: Sphinx, _config: Config) -> None:
    """Let nbclient, which asks for its manager by this name, have ours."""
    if os.name != "nt":
        jupyter_client.AsyncKernelManager = KernelManager
